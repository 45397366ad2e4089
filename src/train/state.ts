import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type HasParts, weights } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { assignWeights, collectWeights } from '../weights/modelWeights.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../weights/safetensors.ts';
import { firstSlots, type Optimizer, type Slots } from './optimizer.ts';
import type { Recipe } from './recipe.ts';
import type { LossNumbers } from './report.ts';
import type { PlateauState } from './schedule.ts';

/** Where a run is, save for tensors. Plain data. */
export interface RunState {
  readonly epoch: number;
  /** Steps taken in this epoch. */
  readonly stepInEpoch: number;
  /** Steps taken since the beginning. */
  readonly step: number;
  readonly seed: number;
  readonly plateau: PlateauState;
  /** The best validation so far: a miss rate, or a loss where there is none. */
  readonly best: number | undefined;
  /** Sums over the steps of this epoch. */
  readonly lossSums: LossNumbers;
}

/** A state with the recipe it was reached by: what a checkpoint says besides numbers. */
export interface CheckpointRecord {
  readonly format: 'pyramidion-checkpoint/1';
  readonly state: RunState;
  readonly recipe: Recipe;
}

export type SlotsOf = ReadonlyMap<Weight, Slots>;

export const slotsFor = (optimizer: Optimizer, trained: readonly Weight[]): Map<Weight, Slots> =>
  new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));

const weightPrefix = 'weights/';
const slotPrefix = 'slots/';

/** Everything that a run needs to go on with the same bits, as one safetensors file. */
export async function writeCheckpoint(model: HasParts, slots: SlotsOf, record: CheckpointRecord): Promise<Uint8Array> {
  const tensors = new Map<string, StoredTensor>();
  for (const [place, stored] of await collectWeights(model)) tensors.set(weightPrefix + place, stored);
  for (const [weight, own] of slots)
    for (const [name, slot] of Object.entries(own)) {
      const values = Float32Array.from(await slot.data<'float32'>());
      tensors.set(`${slotPrefix}${name}/${weight.place}`, { shape: slot.shape, values });
    }
  return writeSafetensors({ tensors, metadata: { record: JSON.stringify(record) } });
}

/**
 * Puts a model where a checkpoint was, and gives the slots and the record.
 *
 * @throws RangeError for a damaged file, another model, another optimizer, or a file that is no checkpoint
 */
export function readCheckpoint(
  model: HasParts,
  slots: SlotsOf,
  bytes: Uint8Array,
  name = 'resume',
): { slots: Map<Weight, Slots>; record: CheckpointRecord } {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const record = recordOf(metadata.record, name);
  const found = new Map<Weight, Slots>();
  const absent: string[] = [];
  for (const [weight, own] of slots) {
    const read = Object.keys(own).map((slot): [string, StoredTensor | undefined] => {
      const key = `${slotPrefix}${slot}/${weight.place}`;
      const stored = tensors.get(key);
      if (!stored || `${stored.shape}` !== `${weight.shape}`) absent.push(key);
      return [slot, stored];
    });
    if (absent.length === 0)
      found.set(
        weight,
        Object.fromEntries(read.flatMap(([slot, stored]) => (stored ? [[slot, toTensor(stored)]] : []))),
      );
  }
  const dispose = () => {
    for (const own of found.values()) for (const slot of Object.values(own)) slot.dispose();
  };
  if (absent.length > 0) {
    dispose();
    throw new RangeError(
      `${name}: ${absent.length} slots of the optimizer are not there, such as ${absent[0]}; ` +
        `it is of another model, optimizer or frozen part than this run's`,
    );
  }
  try {
    const own = [...tensors].filter(([key]) => key.startsWith(weightPrefix));
    assignWeights(model, new Map(own.map(([key, value]) => [key.slice(weightPrefix.length), value])), name);
  } catch (error) {
    dispose();
    throw error;
  }
  return { slots: found, record };
}

const toTensor = ({ shape, values }: StoredTensor): Tensor => tensor(values, [...shape], 'float32');

function recordOf(text: string | undefined, name: string): CheckpointRecord {
  const record: unknown = text === undefined ? undefined : JSON.parse(text);
  const format = typeof record === 'object' && record !== null && 'format' in record ? record.format : undefined;
  if (format !== 'pyramidion-checkpoint/1')
    throw new RangeError(
      `${name}: it is no checkpoint of this version (${format ?? 'no record'}); to take only weights use loadWeights`,
    );
  return record as CheckpointRecord; // written by writeCheckpoint, whose format it names
}

/** The weights that a run trains. @throws RangeError if everything is frozen */
export function trainedWeights(model: HasParts): Weight[] {
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  if (trained.length === 0) throw new RangeError('train: every weight is frozen; unfreeze some');
  return trained;
}
