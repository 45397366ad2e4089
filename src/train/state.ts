import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type HasParts, weights } from '../core/block.ts';
import type { Weight } from '../core/weight.ts';
import { assignWeights, checkWeights, collectWeights, weightPrefix, weightsIn } from '../weights/modelWeights.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../weights/safetensors.ts';
import type { Averages } from './averages.ts';
import type { Metrics, ModelCard } from './card.ts';
import { isSealed, seal, unsealed } from './checksum.ts';
import type { Kept } from './kept.ts';
import { firstSlots, type Optimizer, type Slots, type SlotsOf } from './optimizer.ts';
import type { Recipe } from './recipe.ts';
import type { LossNumbers } from './report.ts';
import type { PlateauState } from './schedulePlateau.ts';
import type { StopEarlyState } from './stopEarly.ts';

/** Where a run is, save for tensors. Plain data. */
export interface RunState {
  readonly epoch: number;
  /** Steps taken in this epoch. */
  readonly stepInEpoch: number;
  /** Steps taken since the beginning. */
  readonly step: number;
  readonly seed: number;
  /** Of the data set. */
  readonly images: number;
  readonly plateau: PlateauState;
  /** The best validation so far: a miss rate, or a loss where there is none. */
  readonly best?: number;
  /** Checkpoints that are kept besides, the best first; with one that is still to be taken away. */
  readonly kept?: readonly Kept[];
  /** Of early stopping, once it has looked. */
  readonly stopEarly?: StopEarlyState;
  /** Sums over the steps of this epoch. */
  readonly lossSums: LossNumbers;
  /** Of the last epoch that ended. */
  readonly metrics?: Metrics;
}

/** A state with the recipe it was reached by: what a checkpoint says besides numbers. */
export interface CheckpointRecord {
  readonly format: 'pyramidion-checkpoint/2';
  readonly state: RunState;
  readonly recipe: Recipe;
  /** Where the model is from. */
  readonly card: ModelCard;
}

/** Slots as they begin, of every weight that trains. The caller disposes them. */
export const slotsFor = (optimizer: Optimizer, trained: readonly Weight[]): Map<Weight, Slots> =>
  new Map(trained.map((weight) => [weight, firstSlots(optimizer, weight.shape ?? [])]));

const current: CheckpointRecord['format'] = 'pyramidion-checkpoint/2';
const slotPrefix = 'slots/';
/** The weights of the run, where `weights/` are its averages. */
const runPrefix = 'run/';

/**
 * Everything that a run needs to go on with the same bits, as one safetensors file. With averages it gives those to whoever
 * loads its weights.
 */
export async function writeCheckpoint(
  model: HasParts,
  slots: SlotsOf,
  record: CheckpointRecord,
  averages?: Averages,
): Promise<Uint8Array> {
  const tensors = new Map<string, StoredTensor>();
  for (const [place, stored] of await collectWeights(model)) tensors.set(weightPrefix + place, stored);
  for (const [{ place, shape = [] }, average] of averages ?? []) {
    const own = tensors.get(weightPrefix + place);
    if (own) tensors.set(runPrefix + place, own);
    tensors.set(weightPrefix + place, { shape, values: Float32Array.from(await average.data<'float32'>()) });
  }
  for (const [weight, own] of slots)
    for (const [name, slot] of Object.entries(own)) {
      const values = Float32Array.from(await slot.data<'float32'>());
      tensors.set(`${slotPrefix}${name}/${weight.place}`, { shape: slot.shape, values });
    }
  return seal(writeSafetensors({ tensors, metadata: { sum: unsealed, record: JSON.stringify(record) } }));
}

/**
 * Puts a model where a checkpoint was, and gives the slots, the record, and the averages where there are some; all of it or
 * nothing.
 *
 * @param slots whose names and weights are looked for
 * @param accept throws if the record is not to be gone on with
 * @throws RangeError for a damaged file, another model, another optimizer, or a file that is no checkpoint
 */
export function readCheckpoint(
  model: HasParts,
  slots: SlotsOf,
  bytes: Uint8Array,
  { name = 'resume', accept = () => {} }: { name?: string; accept?: (record: CheckpointRecord) => void } = {},
): { slots: Map<Weight, Slots>; averages: Averages; record: CheckpointRecord } {
  const file = readSafetensors(bytes, name);
  const { tensors, metadata } = file;
  const record = recordOf(metadata.record, name);
  if (!isSealed(bytes))
    throw new RangeError(
      `${name}: the checksum ${metadata.sum ?? '(none)'} is not that of its ${bytes.length} bytes; the file is damaged, so go on from another`,
    );
  accept(record);
  const wanted = [...slots].flatMap(([weight, own]) =>
    Object.entries(own).map(([slot, { shape }]) => ({ weight, slot, shape })),
  );
  const found = wanted.map(({ weight, slot, shape }) => {
    const key = `${slotPrefix}${slot}/${weight.place}`;
    const stored = tensors.get(key);
    return { weight, slot, key, stored: stored && `${stored.shape}` === `${shape}` ? stored : undefined };
  });
  const places = weightsIn(file);
  const absent = found.filter(({ stored }) => stored === undefined);
  if (absent.length > 0) {
    checkWeights(model, places, name); // of another model: that is the better news
    throw new RangeError(
      `${name}: ${absent.length} slots of the optimizer are not there, such as ${absent[0]?.key}; the checkpoint is of ` +
        `${record.recipe.optimizer.name} with ${tensors.size - places.size} slots, of another optimizer or other frozen parts than this run's`,
    );
  }
  const ofRun = new Map([...places].map(([place, stored]) => [place, tensors.get(runPrefix + place) ?? stored]));
  assignWeights(model, ofRun, name);
  const averages = new Map<Weight, Tensor>();
  for (const [place, weight] of weights(model)) {
    const average = places.get(place);
    if (average && tensors.has(runPrefix + place))
      averages.set(weight, tensor(average.values, [...average.shape], 'float32'));
  }
  const read = new Map<Weight, Slots>();
  for (const { weight, slot, stored } of found)
    if (stored) read.set(weight, { ...read.get(weight), [slot]: tensor(stored.values, [...stored.shape], 'float32') });
  return { slots: read, averages, record };
}

/** @throws RangeError for text that `writeCheckpoint` did not write */
function recordOf(text: string | undefined, name: string): CheckpointRecord {
  let record: unknown;
  try {
    record = text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    throw new RangeError(`${name}: its record is no JSON; the file is damaged`, { cause: error });
  }
  const format = typeof record === 'object' && record !== null && 'format' in record ? record.format : undefined;
  if (format !== current)
    throw new RangeError(
      `${name}: it is no checkpoint of this version, ${current} (${format ?? 'no record'}); to take only weights use loadWeights`,
    );
  return record as CheckpointRecord; // written by writeCheckpoint, whose format it names
}

/** The weights that a run trains. @throws RangeError if everything is frozen */
export function trainedWeights(model: HasParts): Weight[] {
  const trained = [...weights(model).values()].filter((weight) => weight.trainable);
  if (trained.length === 0) throw new RangeError('train: every weight is frozen; unfreeze some');
  return trained;
}
