import { join } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { jsonObject, jsonWhole, parseJson } from '../data/formats/json.ts';
import type { Sample } from '../data/sample.ts';
import { scenes } from '../data/scenes.ts';
import { caltechProtocols, type Protocol } from '../evaluate/protocol.ts';
import { scaledProtocol } from '../evaluate/scaledProtocol.ts';
import { readSafetensors } from '../weights/safetensors.ts';
import { namedData, readData } from './dataFormats.ts';

/** The seed of a checkpoint, which scenes go by too. @throws FormatError for a file that is none */
export function seedOf(checkpoint: Uint8Array, out: string): number {
  const name = join(out, 'last.safetensors');
  const { record } = readSafetensors(checkpoint, name).metadata;
  if (record === undefined) throw new FormatError(`${name} is no checkpoint; it has no record of a run`);
  const { state } = jsonObject(parseJson(record, name), name);
  return jsonWhole(jsonObject(state, `${name}: state`).seed, `${name}: state.seed`);
}

export interface SamplesGiven {
  readonly data?: string;
  readonly held?: string;
  readonly scenes: number;
}

export interface Samples {
  readonly learn: readonly Sample[];
  readonly held?: readonly Sample[];
  /** By what it is judged unless it is said. */
  readonly judge?: Protocol;
}

/** What is learned from and what is held out: what was given, or seeded street scenes. */
export async function samplesOf(
  { data, held, scenes: count }: SamplesGiven,
  size: readonly [number, number],
  seed: number,
): Promise<Samples> {
  if (data !== undefined) {
    const { samples: learn } = await readData(data);
    if (held === undefined) return { learn };
    const judge = namedData(held).format === 'caltech' ? { judge: caltechProtocols[0] } : {};
    return { learn, held: (await readData(held)).samples, ...judge };
  }
  const kind = { seed, size, heights: [94, 375], people: [1, 7], secondsPerFrame: 2, framesPerSequence: 1 } as const;
  const [height, width] = size;
  const columns = Math.round((480 * width) / height); // as wide as ours, of the 480 rows that heights are of
  const reasonable = { ...caltechProtocols[0], bounds: [5, 5, 475, columns - 5] } as const;
  return {
    learn: scenes({ ...kind, sequences: count }),
    held: scenes({ ...kind, sequences: Math.min(200, Math.max(8, Math.round(count / 28))), first: 100_000 }), // other streets
    judge: scaledProtocol(reasonable, { from: [480, columns], to: size }),
  };
}
