import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import { type AnchorCoverage, type AnchorStudy, anchorStudy } from '../evaluate/anchorStudy.ts';
import { writeFileAtomic } from '../node/files.ts';
import { anchorRecallSvg } from '../picture/anchorPicture.ts';
import { dataHelp, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { note, say, sayJson, unlessStopped } from './io.ts';
import { modelHelp, namedModel } from './modelNamed.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import { percent, table, wrapped } from './table.ts';

interface Given {
  readonly model: string;
  readonly labels?: string;
  readonly fit?: 'letterbox' | 'stretch';
  readonly aspect: number;
  readonly clusters?: number;
  readonly seed: number;
  readonly chart?: string;
  readonly json?: true;
}

/** `anchors`: how far a model's anchors reach the boxes of a data set, before any training. */
export const define: Define = (command, io) =>
  command
    .argument('<data>', 'the data set: FORMAT:PATH,option=value,...')
    .requiredOption('--model <model>', 'the model whose anchors are studied: a description, a rung, a checkpoint')
    .option('--labels <names>', 'objects that are looked at: person,cyclist; default all')
    .option(
      '--fit <how>',
      'how images fit into the input: letterbox or stretch; default as the checkpoint was trained, else letterbox',
      choice('letterbox', 'stretch'),
    )
    .option('--aspect <n>', 'width over height of the pedestrian shapes', numberWithin(0.01, 100), 0.41)
    .option('--clusters <n>', 'shapes that are sought; default as many as the anchors have', wholeNumber(1))
    .option('--seed <n>', 'of the clusters', wholeNumber(0), 0)
    .option('--chart <file>', 'draws the recall over the overlap as SVG, as it is and as suggested')
    .option('--json', 'prints the study as JSON, with the histogram of overlaps')
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples('anchors voc:VOC2007 --model ladder:fpn --labels person \\\n      --chart recall.svg'),
    )
    .action(async (data: string, given: Given) => {
      const {
        model: { inputSize, maps, head },
        fit: trained,
      } = await namedModel(given.model, undefined);
      const { samples } = await unlessStopped(io, readData(data));
      const { fit = trained?.fit ?? 'letterbox', aspect, seed, clusters } = given;
      const study = anchorStudy(
        samples,
        { levels: head.anchors, maps, inputSize },
        {
          fit,
          aspect,
          seed,
          ...(clusters === undefined ? {} : { clusters }),
          ...(given.labels === undefined ? {} : { labels: given.labels.split(',') }),
        },
      );
      if (given.json) sayJson(io, study);
      else
        say(
          io,
          told(
            study,
            maps.map(({ level }) => level),
          ),
        );
      if (given.chart === undefined) return;
      const sets = [
        { name: 'these anchors', ...study },
        { name: 'suggested', ...study.suggested },
      ];
      await writeFileAtomic(given.chart, anchorRecallSvg(sets));
      note(io, `wrote ${given.chart}`);
    });

/** A study as text. */
function told(study: AnchorStudy, names: readonly string[]): string {
  const { aspects, suggested, pedestrian } = study;
  const row = (name: string, boxes: string, { meanIou, recall }: AnchorCoverage) => [
    name,
    boxes,
    meanIou.toFixed(3),
    ...recall.map(({ value }) => percent(value)),
  ];
  const rows = [
    ['', 'boxes', 'IoU', ...study.recall.map(({ threshold }) => `>= ${threshold}`)],
    row('all', `${study.boxes}`, study),
    ...study.levels.map((level, i) => row(`best at ${names[i] ?? i}`, `${level.best}`, level)),
    ...study.heights.map((part) => row(`${part.from}-${part.to} high`, `${part.boxes}`, part)),
    row('suggested', `${study.boxes}`, suggested),
  ];
  const shape = ([height, width]: readonly [number, number]) => `${height.toFixed(1)}x${width.toFixed(1)}`;
  const list = (name: string, shapes: readonly (readonly [number, number])[]) => wrapped(name, shapes.map(shape));
  return [
    `${study.anchors} anchors; pixels of the input, shapes as height x width\n`,
    table(rows),
    '',
    `width over height: quartiles ${aspects.quartiles.map((value) => value.toFixed(2)).join(', ')}; ` +
      `${percent(aspects.near)} within .1 of ${aspects.aspect}`,
    ...suggested.levels.map(({ shapes }, i) => list(`suggested for ${names[i] ?? i}`, shapes)),
    list(
      `of aspect ${aspects.aspect}`,
      pedestrian.clusters.map((cluster) => cluster.shape),
    ),
  ].join('\n');
}
