import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { getBackend } from '@tensorflow/tfjs-core';
import { FormatError } from '../data/formatError.ts';
import { jsonField, jsonObject, parseJson } from '../data/formats/json.ts';
import { checkFit, type FitOptions } from '../data/letterbox.ts';
import { loadWeights } from '../model/zooWeights.ts';
import { useBackend } from '../tfjs/backend.ts';
import { UsageError } from './io.ts';
import { modelOf } from './model.ts';
import { type AnyDetector, familyNames } from './modelFamily.ts';
import { isRung, ladderModel, rungNames, type Sides } from './modelLadder.ts';
import { isModule, moduleModel } from './modelModule.ts';
import { isFamily, readyModel } from './modelReady.ts';
import { wrapped } from './table.ts';

/** A model that the command line names. */
export interface NamedModel {
  /** What a table calls it. */
  readonly name: string;
  readonly model: AnyDetector;
  /** Plain data that makes the same model again; of a module there is none. */
  readonly description?: unknown;
  /** File of the weights that it has; without one they are the first ones, of no training. */
  readonly weights?: string;
  /** How a run fitted images into the input, where the weights are its checkpoint. */
  readonly fit?: FitOptions;
}

/** What `--model` takes, for the help. */
export const modelHelp = (): string => `
MODEL is one of
  run                   a folder of train: its best weights, else the last
  run/last.safetensors  a checkpoint or weights; model.json lies beside
  model.json            a description; --weights FILE, where weights are wanted
  detector.ts#name      a module of yours that exports a detector, or a function
                        that makes one; without #name its default export
  ladder:fpn            a ready one without weights, narrow; ,size=256x384 or as
                        in the study ,size=study; ,labels=person+car
${wrapped('  ready ones', rungNames, '    ')}
  efficientDetLite0     a published one, without weights; ,size=256x384
                        ,labels=person+car, else COCO's 90; ,variant=timmTf
${wrapped('  published', familyNames, '    ')}`;

/**
 * Reads the model that the command line names: the weights and a description beside them, a folder, a description, a
 * module, a rung of the ladder, or a published one.
 *
 * @param usual size of the input of a rung, unless it is said
 * @throws UsageError where weights are named twice; FormatError naming file and field; Error of the file system
 */
export async function namedModel(
  text: string,
  weights: string | undefined,
  usual: Sides = [128, 256],
): Promise<NamedModel> {
  if (isRung(text)) {
    const { name, description } = ladderModel(text, usual);
    return withWeights({ name, description, model: modelOf(description, text) }, weights);
  }
  if (isFamily(text)) {
    const { name, description } = readyModel(text);
    return withWeights({ name, description, model: modelOf(description, text) }, weights);
  }
  if (isModule(text)) return withWeights(await moduleModel(text), weights);
  const { file, own } = await filesOf(text);
  if (own !== undefined && weights !== undefined && extname(text) === '.safetensors')
    throw new UsageError(`--model ${text} is weights, and --weights names others; give one of them`);
  const description = parseJson(await readDescription(file, text), file);
  const parts = { name: nameOf(text), description, model: modelOf(description, file) };
  return withWeights(parts, weights ?? own);
}

/** The same model, which must have weights. @throws UsageError that says how they are named */
export async function trainedModel(text: string, weights: string | undefined): Promise<NamedModel> {
  const named = await namedModel(text, weights);
  if (named.weights === undefined)
    throw new UsageError(
      `--model ${text} has no weights; name a checkpoint, such as run/best.safetensors, or --weights`,
    );
  return named;
}

/** Where description and weights of a path lie. */
async function filesOf(path: string): Promise<{ readonly file: string; readonly own?: string }> {
  if (extname(path) === '.safetensors') return { file: join(dirname(path), 'model.json'), own: path };
  if (!(await stat(path)).isDirectory()) return { file: path };
  for (const name of ['best.safetensors', 'last.safetensors']) {
    const own = join(path, name);
    if (await isThere(own)) return { file: join(path, 'model.json'), own };
  }
  return { file: join(path, 'model.json') };
}

/** Whether there is something at a path. */
export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function readDescription(file: string, text: string): Promise<string> {
  if (file !== text) {
    await stat(text); // what was named is told first
    if (!(await isThere(file)))
      throw new FormatError(
        `${text}: there is no ${file} that describes the model; give --model FILE.json --weights ${text}`,
      );
  }
  return readFile(file, 'utf8');
}

/** A checkpoint of a run is called as the run, `run/best`; others as their file. */
export const nameOf = (text: string): string => {
  const name = basename(resolve(text), extname(text));
  return extname(text) === '.safetensors' ? `${basename(dirname(resolve(text)))}/${name}` : name;
};

async function withWeights(named: Omit<NamedModel, 'weights'>, file: string | undefined): Promise<NamedModel> {
  if (file === undefined) return named;
  const bytes = new Uint8Array(await readFile(file));
  if (!getBackend()) await useBackend('wasm', { purpose: 'inference' }); // the numbers need a place; they move to another one
  const { metadata } = await loadWeights(named.model, bytes, { name: file });
  const { record } = metadata;
  return { ...named, weights: file, ...(record === undefined ? {} : fitOf(record, file)) };
}

/** How the run of a checkpoint fitted images. @throws FormatError for a record that is none */
function fitOf(record: string, file: string): { readonly fit?: FitOptions } {
  const recipe = jsonObject(jsonField(jsonObject(parseJson(record, file), file), 'recipe'), `${file}: recipe`);
  const given = jsonField(recipe, 'fit');
  if (given === undefined) return {};
  const fit: FitOptions = jsonObject(given, `${file}: recipe.fit`);
  checkFit(`${file}: recipe`, fit);
  return { fit };
}
