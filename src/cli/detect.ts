import { writeFileAtomic } from '../node/files.ts';
import { encodeJpeg } from '../node/images.ts';
import { draw } from '../picture/draw.ts';
import { dataHelp } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { mapDrawer } from './detectMaps.ts';
import { counter, note, say, unlessStopped } from './io.ts';
import { type LookOptions, looker, lookOptions } from './looking.ts';
import { modelHelp, trainedModel } from './modelNamed.ts';
import { numberWithin } from './options.ts';
import { pictureFiles } from './pictureFiles.ts';
import { pictureSources } from './pictureSources.ts';
import { lineForm, resultLine, resultText } from './results.ts';

interface Given extends LookOptions {
  readonly model: string;
  readonly weights?: string;
  readonly data?: string;
  readonly out?: string;
  readonly draw?: string;
  readonly maps?: string;
  readonly shown: number;
  readonly skipBad?: true;
  readonly json?: true;
}

/** `detect`: objects in photographs, as text or lines of JSON. */
export const define: Define = (command, io) =>
  lookOptions(
    command
      .argument('[pictures...]', 'files, folders, or - for the input')
      .requiredOption('--model <model>', 'a checkpoint, the folder of a run, a description, or a published one')
      .option('--weights <file>', 'its weights: .safetensors, .pth, .h5, ours or their originals')
      .option('--data <data>', 'a data set in the place of pictures: FORMAT:PATH,option=value,...')
      .option('--json', 'prints a line of JSON for each picture')
      .option('--out <file>', 'writes those lines into a file, which is there when all is done')
      .option('--draw <dir>', 'draws what was found, a JPEG for each picture')
      .option('--maps <dir>', "draws the maps that the model's head reads, a PNG for each picture and level")
      .option('--shown <score>', 'scores above this are drawn, and told as text', numberWithin(0, 1), 0.3)
      .option('--skip-bad', 'leaves out pictures that cannot be read, and says so'),
  )
    .addHelpText('after', `\nA line is ${lineForm}`)
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'detect --model run/best.safetensors photo.jpg',
        'detect --model run photos --draw out --json > found.jsonl',
        'detect --model run photo.jpg --maps maps',
        'detect --model run --data voc:VOC2007,split=test --out all.jsonl',
        'detect --model m.json --weights w.safetensors - < photo.jpg',
        'detect --model efficientDetLite0 --weights lite0.pth photo.jpg',
      ),
    )
    .action(async (paths: readonly string[], given: Given) => {
      const sources = await unlessStopped(io, pictureSources(io, paths, given.data));
      const ids = sources.map(({ id }) => id);
      const files = given.draw === undefined ? undefined : pictureFiles(given.draw, ids, 'jpg');
      const mapFiles = given.maps === undefined ? undefined : pictureFiles(given.maps, ids, 'png');
      const named = await trainedModel(given.model, given.weights);
      const { look, fitted, dispose } = await looker(named, given);
      const maps = mapFiles && mapDrawer(named.model);
      const mixed = given.out === undefined && io.stdout.isTTY; // lines and a bar
      const bar = counter(mixed ? { ...io, stderr: { write: () => undefined } } : io, 'pictures');
      const lines: string[] = [];
      let [bad, objects] = [0, 0];
      try {
        for (const [i, source] of sources.entries()) {
          bar.step(i, sources.length);
          try {
            const { picture, ...found } = await look(source, files !== undefined || maps !== undefined);
            const shown = found.detections.filter(({ score }) => score > given.shown);
            const file = files?.get(source.id);
            if (file !== undefined && picture !== undefined)
              await writeFileAtomic(file, await encodeJpeg(draw(picture, shown, { labels: named.model.labels })));
            const beside = mapFiles?.get(source.id);
            if (beside !== undefined && picture !== undefined) await maps?.draw(fitted(picture), beside);
            objects += shown.length;
            if (given.out !== undefined) lines.push(resultLine(found));
            else say(io, given.json ? resultLine(found) : resultText({ ...found, detections: shown }));
          } catch (error) {
            if (!given.skipBad || !(error instanceof Error)) throw error;
            bad++;
            bar.end();
            note(io, `left out: ${error.message}`);
          }
        }
      } finally {
        bar.end();
        maps?.dispose();
        dispose();
      }
      if (bad > 0 && bad === sources.length) throw new Error('no picture could be read');
      if (given.out === undefined) return;
      await writeFileAtomic(given.out, lines.map((line) => `${line}\n`).join(''));
      note(
        io,
        `wrote ${given.out}: ${lines.length} of ${sources.length} pictures, ${objects} objects above ${given.shown}`,
      );
    });
