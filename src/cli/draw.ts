import { FormatError } from '../data/formatError.ts';
import { matchImage } from '../evaluate/matching.ts';
import { writeFileAtomic } from '../node/files.ts';
import { encodeJpeg, encodePng } from '../node/images.ts';
import { draw } from '../picture/draw.ts';
import { drawingSvg } from '../picture/drawing.ts';
import { dataHelp, namedData, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { protocolOf } from './figures.ts';
import { counter, say, sayJson, UsageError, unlessStopped } from './io.ts';
import { choice, numberWithin, several, wholeNumber } from './options.ts';
import { pictureFiles } from './pictureFiles.ts';
import { type Results, readResults, resultsHelp } from './results.ts';
import { counted } from './table.ts';

interface Given {
  readonly out: string;
  readonly results?: string;
  readonly score: number;
  readonly protocol?: string;
  readonly only?: readonly string[];
  readonly first?: number;
  readonly as: 'svg' | 'jpg' | 'png';
  readonly json?: true;
}

/** `draw`: marked objects, and detections, on their images. */
export const define: Define = (command, io) =>
  command
    .argument('<data>', 'the data set: FORMAT:PATH,option=value,...')
    .requiredOption('--out <dir>', 'the folder that is written')
    .option('--results <file>', 'detections, or - for the input')
    .option('--score <score>', 'detections from this score on', numberWithin(0, 1), 0.3)
    .option('--protocol <name>', "colours what is found, missed, false and ignored: 'Caltech Reasonable', plain")
    .option('--only <id>', 'an image that is wanted; may come again', several)
    .option('--first <n>', 'only so many images', wholeNumber(1))
    .option('--as <form>', 'svg, jpg or png', choice('svg', 'jpg', 'png'), 'svg')
    .option('--json', 'prints the files as JSON')
    .addHelpText('after', resultsHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'draw voc:VOC2007,split=val --out pictures --first 20',
        "draw caltech:data,sets=test --results found.jsonl --out out \\\n      --protocol 'Caltech Reasonable' --as jpg",
      ),
    )
    .action(async (data: string, given: Given) => {
      const protocol = given.protocol === undefined ? undefined : protocolOf(given.protocol);
      if (protocol && given.results === undefined) throw new UsageError('--protocol needs --results, which it judges');
      const { samples } = await unlessStopped(io, readData(data));
      const named = namedData(data);
      const results: Results =
        given.results === undefined
          ? new Map()
          : await unlessStopped(io, readResults(io, given.results, { data: named, samples }));
      const known = new Set(samples.map(({ id }) => id));
      const odd = given.only?.find((id) => !known.has(id));
      if (odd !== undefined)
        throw new FormatError(`${data} has no image ${JSON.stringify(odd)}; they are called as ${samples[0]?.id}`);
      const wanted = samples.filter(({ id }) => given.only?.includes(id) ?? true).slice(0, given.first);
      const files = pictureFiles(
        given.out,
        wanted.map(({ id }) => id),
        given.as,
      );
      const bar = counter(io, 'pictures');
      for (const [i, { id, width, height, objects, image }] of wanted.entries()) {
        bar.step(i, wanted.length);
        const detections = (results.get(id) ?? []).filter(({ score }) => score >= given.score);
        const shown = { truths: objects, detections };
        const matches = protocol && matchImage({ ...shown, id, size: [height, width] }, protocol);
        const marks = { truths: objects, ...(matches ? { matches } : {}) };
        const picture = await image();
        const content =
          given.as === 'svg'
            ? drawingSvg({ ...marks, detections, width, height, image: await encodeJpeg(picture) })
            : await (given.as === 'jpg' ? encodeJpeg : encodePng)(draw(picture, detections, marks));
        await writeFileAtomic(files.get(id) ?? given.out, content);
      }
      bar.end();
      if (given.json) sayJson(io, [...files.values()]);
      else say(io, `${counted(files.size, 'picture')} in ${given.out}`);
    });
