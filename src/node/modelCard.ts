import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import type { CardRecord } from '../train/cardText.ts';
import { cardKey } from '../train/cardText.ts';
import { safetensorsHeader, safetensorsStart } from '../weights/safetensors.ts';
import { fileSource } from './files.ts';

/** What a weights file tells of itself. */
export interface WeightInfo {
  /** Its path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly tensors: number;
  /** Numbers in them; of a checkpoint those of the optimizer too. */
  readonly numbers: number;
  /** Where it is from; absent where nothing says it. */
  readonly card?: CardRecord;
}

/**
 * What a safetensors file tells of itself, or the best checkpoint in the folder of a run, without reading its numbers.
 *
 * @throws FormatError for a file that is no safetensors file or whose card is damaged; Error of the file system
 */
export async function readModelCard(path: string): Promise<WeightInfo> {
  const file = await fileIn(path);
  const source = await fileSource(file);
  const start = safetensorsStart(await source.read(0, 8), source.size, file);
  const { stored, metadata } = safetensorsHeader(await source.read(8, start - 8), source.size - start, file);
  const shapes = [...stored.values()].map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const card = cardIn(metadata, file);
  return {
    file,
    size: source.size,
    tensors: shapes.length,
    numbers: shapes.reduce((a, b) => a + b, 0),
    ...(card ? { card } : {}),
  };
}

async function fileIn(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path;
  const best = join(path, 'best.safetensors');
  return stat(best).then(
    () => best,
    () => join(path, 'last.safetensors'),
  );
}

function cardIn(metadata: { readonly [name: string]: string }, file: string): CardRecord | undefined {
  const text = metadata[cardKey] ?? metadata.record;
  if (text === undefined) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${file}: its card is no JSON; the file is damaged`, { cause });
  }
  const has = (value: unknown, names: readonly string[]) =>
    typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'object');
  if (!has(record, ['card', 'recipe', 'state'])) return undefined; // of a version before cards
  return record as CardRecord; // written by cardMetadata or a checkpoint, whose parts it has
}
