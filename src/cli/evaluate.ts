import { FormatError } from '../data/formatError.ts';
import { describeSkipped } from '../data/skipped.ts';
import { writeFileAtomic } from '../node/files.ts';
import { dataHelp, namedData, readData } from './dataFormats.ts';
import { type Define, examples } from './define.ts';
import { detectorNamed, foundBy, joined } from './detectors.ts';
import { curveOf, type Evaluated, emptyOf, figuresOf, figuresText, objectsOf, reportOf } from './evaluated.ts';
import { measureNames, measuresOf } from './figures.ts';
import { note, say, sayJson, UsageError, unlessStopped } from './io.ts';
import { type LookOptions, lookOptions } from './looking.ts';
import { modelHelp, type NamedModel, trainedModel } from './modelNamed.ts';
import { several, wholeNumber } from './options.ts';
import { readResults, resultsHelp } from './results.ts';

interface Given extends LookOptions {
  readonly model?: readonly string[];
  readonly weights?: string;
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
  lookOptions(
    command
      .argument('[results...]', 'detections, a file of each detector: FILE or NAME=FILE')
      .option(
        '--model <model>',
        'a model that looks at the images itself: MODEL or NAME=MODEL; may come again',
        several,
      )
      .option('--weights <file>', 'weights of a description: .safetensors')
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
      .option('--json', 'prints figures from 0 to 1 as JSON'),
  )
    .addHelpText('after', resultsHelp)
    .addHelpText('after', modelHelp)
    .addHelpText('after', dataHelp)
    .addHelpText(
      'after',
      examples(
        'evaluate --model run --truth caltech:streets,skip=1 \\\n      --report report.html --pictures 24',
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
      const models = (given.model ?? []).map(detectorNamed);
      if (files.length + models.length === 0) throw new UsageError('give detections, or a model by --model');
      if (given.weights !== undefined && models.length !== 1) throw new UsageError('--weights is of one --model');
      const results = files.map(detectorNamed);
      const weights = results.find(({ file }) => file.endsWith('.safetensors'));
      if (weights) throw new UsageError(`${weights.file} is a model, no detections; name it by --model`);
      const names = [...results, ...models].map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) < i);
      if (twice !== undefined) throw new UsageError(`two detectors are called ${twice}; name them: NAME=FILE`);
      const looked: { name: string; file: string; model: NamedModel }[] = [];
      for (const { name, file } of models) looked.push({ name, file, model: await trainedModel(file, given.weights) });
      const { samples, skipped } = await unlessStopped(io, readData(given.truth, given.skipBad ? 'skip' : 'throw'));
      if (samples.length === 0) throw new FormatError(`${given.truth} has no images`);
      const data = namedData(given.truth);
      const detectors: Evaluated[] = [];
      for (const { name, file } of results) {
        const found = await unlessStopped(io, readResults(io, file, { data, samples }));
        detectors.push({ name, file, images: joined(samples, found) });
      }
      for (const { name, file, model } of looked)
        detectors.push({ name, file, images: joined(samples, await foundBy(io, model, samples, given)) });
      const told = figuresOf(detectors, measures);
      if (given.json) sayJson(io, { images: samples.length, objects: objectsOf(samples), detectors: told });
      else say(io, figuresText(samples, told));
      const empty = emptyOf(told, samples);
      if (empty !== undefined) note(io, empty);
      if (skipped.length > 0) note(io, describeSkipped(skipped));
      if (first === undefined) return;
      if (given.curve !== undefined) {
        await writeFileAtomic(given.curve, curveOf(detectors, first));
        note(io, `wrote ${given.curve}`);
      }
      if (given.report === undefined) return;
      const page = await unlessStopped(io, reportOf(detectors, samples, [first, ...rates], given));
      await writeFileAtomic(given.report, page);
      note(io, `wrote ${given.report}`);
    });
