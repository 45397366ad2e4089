import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import { detect } from '../detect/detect.ts';
import { isEncoded, type Photograph, type ReadImage } from '../detect/detectPhotograph.ts';
import { writeFileAtomic } from '../node/files.ts';
import { encodeJpeg, readImage } from '../node/images.ts';
import { draw } from '../picture/draw.ts';
import { useBackend } from '../tfjs/backend.ts';
import { compile } from '../trace/compile.ts';
import { dataHelp } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { counter, note, say } from './io.ts';
import { readModel } from './model.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import { pictureFiles } from './pictureFiles.ts';
import { type PictureSource, pictureSources } from './pictureSources.ts';
import { lineForm, type ResultLine, resultLine } from './results.ts';

interface Given {
  readonly model: string;
  readonly weights: string;
  readonly data?: string;
  readonly out?: string;
  readonly draw?: string;
  readonly drawAbove: number;
  readonly score: number;
  readonly iou: number;
  readonly keep: number;
  readonly fit: 'letterbox' | 'stretch';
  readonly backend: string;
  readonly skipBad?: true;
}

/** `detect`: objects in photographs, as lines of JSON. */
export const define: Define = (command, io) =>
  command
    .argument('[pictures...]', 'files, folders, or - for the input')
    .requiredOption('--model <file>', 'description of the model, JSON')
    .requiredOption('--weights <file>', 'its weights, or a checkpoint: .safetensors')
    .option('--data <data>', 'a data set in the place of pictures: FORMAT:PATH,option=value,...')
    .option('--out <file>', 'writes the lines into a file, which is there when all is done')
    .option('--draw <dir>', 'draws what was found, a JPEG for each picture')
    .option('--draw-above <score>', 'scores that are drawn', numberWithin(0, 1), 0.3)
    .option('--score <score>', 'only scores above this are told', numberWithin(0, 0.999), 0.01)
    .option('--iou <iou>', 'a box that overlaps a better one by more is dropped', numberWithin(0, 1), 0.45)
    .option('--keep <n>', 'the most boxes of a picture', wholeNumber(1), 200)
    .option(
      '--fit <how>',
      'how pictures fit into the input, as in training',
      choice('letterbox', 'stretch'),
      'letterbox',
    )
    .option('--backend <name>', 'of TensorFlow.js: wasm, cpu or tensorflow', 'wasm')
    .option('--skip-bad', 'leaves out pictures that cannot be read, and says so')
    .addHelpText('after', `\nA line is ${lineForm}`)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'detect photo.jpg --model m.json --weights w.safetensors \\\n      --draw out',
        'detect --data voc:VOC2007,split=test --model m.json \\\n      --weights w.safetensors --out found.jsonl',
        'detect - --model m.json --weights w.safetensors < photo.jpg',
      ),
    )
    .action(async (paths: readonly string[], given: Given) => {
      const sources = await pictureSources(io, paths, given.data);
      const files = given.draw === undefined ? undefined : pictureFiles(given.draw, idsOf(sources), 'jpg');
      const model = await readModel(given.model, given.weights);
      await useBackend(given.backend, { purpose: 'inference' });
      const run = compile(model, { label: 'detect' });
      const quiet = given.out === undefined && io.stdout.isTTY; // lines and a bar would mix
      const bar = counter(quiet ? { ...io, stderr: { write: () => undefined } } : io, 'pictures');
      const lines: string[] = [];
      let bad = 0;
      for (const [i, source] of sources.entries()) {
        bar.step(i + 1, sources.length);
        try {
          const { picture, ...found } = await look(source, files !== undefined);
          const file = files?.get(source.id);
          if (file !== undefined && picture !== undefined) {
            const shown = found.detections.filter(({ score }) => score > given.drawAbove);
            await writeFileAtomic(file, await encodeJpeg(draw(picture, shown, { labels: model.labels })));
          }
          if (given.out === undefined) say(io, resultLine(found));
          else lines.push(resultLine(found));
        } catch (error) {
          if (!given.skipBad || !(error instanceof Error)) throw error;
          bad++;
          bar.end();
          note(io, `left out: ${error.message}`);
        }
      }
      bar.end();
      run.dispose();
      if (given.out !== undefined) await writeFileAtomic(given.out, lines.map((line) => `${line}\n`).join(''));
      if (bad > 0 && bad === sources.length) throw new Error('no picture could be read');

      async function look(
        { id, read }: PictureSource,
        whole: boolean,
      ): Promise<ResultLine & { readonly picture: Photograph | undefined }> {
        const source = await read();
        let picture: Photograph | undefined = isEncoded(source) ? undefined : source;
        const reader: ReadImage = async (file, { fitTo, ...options } = {}) => {
          picture = await readImage(file, {
            ...options,
            name: id === '-' ? 'stdin' : id,
            ...(fitTo && !whole ? { fitTo } : {}),
          });
          return picture;
        };
        const detections = await detect(model, source, {
          run,
          read: reader,
          fit: given.fit,
          scoreAbove: given.score,
          iouAbove: given.iou,
          keep: given.keep,
        });
        const [height, width] = picture?.original ?? [picture?.height ?? 0, picture?.width ?? 0];
        return { id, width, height, detections, picture };
      }
    });

const idsOf = (sources: readonly PictureSource[]) => sources.map(({ id }) => id);
