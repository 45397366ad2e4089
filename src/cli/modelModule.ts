import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isBlock } from '../core/block.ts';
import { FormatError } from '../data/formatError.ts';
import type { AnyDetector } from './modelFamily.ts';

const form = /^(.+\.[cm]?[jt]s)(?:#(.+))?$/;

/** Whether a model is named as a module: `detector.js`, `models.ts#narrow`. */
export const isModule = (text: string): boolean => form.test(text);

/**
 * The detector that a module of the user's exports, or makes when what it exports is called: any that the library can make,
 * blocks of the user's own included. `#name` names the export, `#rungs.fpn` a field of one; default `default`.
 *
 * @throws FormatError for a module that cannot be run, an export that is missing or that is no detector; Error of the file system
 */
export async function moduleModel(text: string): Promise<{ readonly name: string; readonly model: AnyDetector }> {
  const [, path = '', name = 'default'] = form.exec(text) ?? [];
  await stat(path);
  const exported = await running(path, () => import(pathToFileURL(resolve(path)).href));
  const found = name.split('.').reduce<unknown>(fieldOf, exported);
  if (found === undefined)
    throw new FormatError(`${path}: it exports no ${name}; ${named(path, Object.keys(exported))}`);
  const made: unknown =
    typeof found === 'function' && !isBlock(found) ? await running(path, async () => found()) : await found;
  if (!isDetector(made))
    throw new FormatError(`${text}: it is no detector; export detector({ ... }), or a function that makes one`);
  return { name: text.replace(/^.*[\\/]/, ''), model: made };
}

const fieldOf = (of: unknown, name: string): unknown => {
  const fields: { readonly [name: string]: unknown } = Object(of);
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
};

const named = (path: string, names: readonly string[]) =>
  names.length === 0 ? 'it exports nothing' : `there is ${names.map((name) => `${path}#${name}`).join(', ')}`;

const isDetector = (value: unknown): value is AnyDetector =>
  isBlock(value) && ['inputSize', 'maps', 'anchors', 'labels', 'standardization'].every((field) => field in value);

/** @throws FormatError naming the module, with what it threw as its cause */
async function running<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const { code } = Object(error) as { readonly code?: unknown };
    const remedy =
      code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? `; Node ${process.versions.node} does not read TypeScript, 22.18 and later do; or give JavaScript`
        : '';
    throw new FormatError(`${path}: ${why}${remedy}`, { cause: error });
  }
}
