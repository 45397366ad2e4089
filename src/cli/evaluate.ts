import { basename, extname } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import type { Sample } from '../data/sample.ts';
import { describeSkipped } from '../data/skipped.ts';
import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import { writeFileAtomic } from '../node/files.ts';
import { dataHelp, namedData, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { curveOf, type Evaluated, figuresOf, figuresText, objectsOf, reportOf } from './evaluated.ts';
import { measureNames, measuresOf } from './figures.ts';
import { note, say, sayJson, UsageError } from './io.ts';
import { several, wholeNumber } from './options.ts';
import { lineForm, type Results, readResults } from './results.ts';

interface Given {
  readonly truth: string;
  readonly protocol?: readonly string[];
  readonly curve?: string;
  readonly report?: string;
  readonly pictures: number;
  readonly skipBad?: true;
  readonly json?: true;
}

/** `evaluate`: figures of detections under the rules of a benchmark. */
export const define: Define = (command, io) =>
  command
    .argument('<results...>', 'detections, a file of each detector: FILE or NAME=FILE')
    .requiredOption('--truth <data>', 'the ground truth: FORMAT:PATH,option=value,...')
    .option(
      '--protocol <name>',
      `${measureNames().join(', ')}; or a row, 'Caltech Reasonable'; may come again`,
      several,
    )
    .option('--curve <file>', 'draws miss rate over false positives of the first protocol as SVG')
    .option('--report <file>', 'writes a report as one HTML file')
    .option(
      '--pictures <n>',
      'misses and false detections shown in the report, where the images are there',
      wholeNumber(0),
      0,
    )
    .option('--skip-bad', 'leaves out what is wrong in the ground truth, and says so')
    .option('--json', 'prints figures from 0 to 1 as JSON')
    .addHelpText(
      'after',
      `\nDetections are lines of ${lineForm}\nas detect prints them, or COCO results where the truth is coco:FILE.`,
    )
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'evaluate found.jsonl --truth voc:VOC2007,split=test \\\n      --protocol voc',
        'evaluate results.json --truth coco:instances.json --protocol coco',
        "evaluate a=a.jsonl b=b.jsonl --truth caltech:data,sets=test \\\n      --protocol 'Caltech Reasonable' --curve curve.svg --report report.html",
      ),
    )
    .action(async (files: readonly string[], given: Given) => {
      const measures = (given.protocol ?? ['plain']).flatMap(measuresOf);
      const [first, ...rates] = measures.flatMap(({ protocol }) => protocol ?? []);
      if (first === undefined && (given.curve ?? given.report) !== undefined)
        throw new UsageError('a curve or a report needs a protocol of miss rates, such as plain');
      const names = files.map(named);
      const twice = names.find(({ name }, i) => names.findIndex((other) => other.name === name) < i);
      if (twice) throw new UsageError(`two detectors are called ${twice.name}; name them: NAME=FILE`);
      const { samples, skipped } = await readData(given.truth, given.skipBad ? 'skip' : 'throw');
      if (samples.length === 0) throw new FormatError(`${given.truth} has no images`);
      const truth = namedData(given.truth);
      const detectors: Evaluated[] = [];
      for (const { name, file } of names) {
        const results = await readResults(file, truth.format === 'coco' ? truth.path : undefined);
        detectors.push({ name, file, images: joined(samples, results, file) });
      }
      const told = figuresOf(detectors, measures);
      if (given.json) sayJson(io, { images: samples.length, objects: objectsOf(samples), detectors: told });
      else say(io, figuresText(samples, told));
      if (skipped.length > 0) note(io, describeSkipped(skipped));
      if (first === undefined) return;
      if (given.curve !== undefined) {
        await writeFileAtomic(given.curve, curveOf(detectors, first));
        note(io, `wrote ${given.curve}`);
      }
      if (given.report === undefined) return;
      await writeFileAtomic(given.report, await reportOf(detectors, samples, [first, ...rates], given));
      note(io, `wrote ${given.report}`);
    });

/** A detector is called as its file, unless it has a name. */
function named(text: string): { readonly name: string; readonly file: string } {
  const [, name, file] = /^([^=/\\]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return { name, file };
  return { name: basename(text, extname(text)), file: text };
}

/** What is there and what was found, image by image. @throws FormatError for detections of an image that is not there */
function joined(samples: readonly Sample[], results: Results, file: string): EvaluatedImage[] {
  const ids = new Set(samples.map(({ id }) => id));
  const odd = [...results.keys()].find((id) => !ids.has(id));
  if (odd !== undefined)
    throw new FormatError(`${file}: there is no image ${JSON.stringify(odd)}; images are called as ${samples[0]?.id}`);
  return samples.map(({ id, height, width, objects }) => ({
    id,
    size: [height, width],
    truths: objects,
    detections: results.get(id) ?? [],
  }));
}
