import { type Tensor4D, type TensorContainer, tidy } from '@tensorflow/tfjs-core';
import { inference, type Pass } from './pass.ts';
import { shared } from './shared.ts';
import { isWeight, type Weight } from './weight.ts';

const facts = Symbol.for('pyramidion.block');

/** What a block is made of, by name: weights and blocks, or lists and records of them. */
export type Part = Weight | HasParts | readonly Part[] | Parts | undefined;
export type Parts = { readonly [name: string]: Part };

interface Facts {
  readonly parts: Parts;
  /** Frozen to stored statistics or not; `freeze` sets it. */
  statistics: 'batch' | 'stored';
  /** Shape of the uniform numbers that a random leaf needs for a batch of images. */
  readonly random: ((batch: number) => readonly number[]) | undefined;
}

/** Anything with a place for weights: every block, whatever it computes. */
export interface HasParts {
  readonly [facts]: Facts;
}

/** A function over tensors that owns named weights. Called without a pass it infers. */
export interface Block<In = Tensor4D, Out = Tensor4D> extends HasParts {
  (x: In, pass?: Pass): Out;
}

export const isBlock = (value: unknown): value is HasParts =>
  (typeof value === 'function' || typeof value === 'object') && value !== null && facts in value;

/** Parts, frozen statistics and random shape of a block. */
export const factsOf = (block: HasParts): Facts => block[facts];

export interface BlockOptions {
  /** Shape of the uniform numbers that it draws for a batch of images; only for random leaves. */
  readonly random?: (batch: number) => readonly number[];
}

/**
 * Makes a block of its parts and the function that runs them. What the function makes and does not return is freed.
 *
 * `call` gets the block itself last, for leaves that look up their own random numbers or frozen state.
 */
export function block<In, Out>(
  parts: Parts,
  call: (x: In, pass: Pass, self: HasParts) => Out,
  { random }: BlockOptions = {},
): Block<In, Out> {
  const own: Facts = { parts, statistics: 'batch', random };
  const made: Block<In, Out> = Object.assign(
    (x: In, pass: Pass = inference) => {
      const { observers } = shared();
      for (const observer of observers) observer.enter(made);
      let result: Out | undefined;
      try {
        // Results are tensors or records of them; interfaces lack the index signature that tfjs's type asks for.
        result = tidy(() => call(x, pass, made) as TensorContainer) as Out;
        return result;
      } finally {
        for (const observer of observers) observer.leave(made, result);
      }
    },
    { [facts]: own },
  );
  return made;
}

/** Every weight and block under a block, with its place, in the order of its parts; a shared one at its first place only. */
export function* walk(root: HasParts, place = '', seen = new Set<object>()): Generator<[string, Weight | HasParts]> {
  if (seen.has(root)) return;
  seen.add(root);
  yield [place, root];
  const visit = function* (part: Part, at: string): Generator<[string, Weight | HasParts]> {
    if (part === undefined) return;
    if (isWeight(part)) {
      if (!seen.has(part)) yield [at, part];
      seen.add(part);
    } else if (isBlock(part)) yield* walk(part, at, seen);
    else for (const [name, item] of Object.entries(part)) yield* visit(item, `${at}/${name}`);
  };
  for (const [name, part] of Object.entries(root[facts].parts))
    yield* visit(part, place === '' ? name : `${place}/${name}`);
}

/** Weights by place. */
export function weights(root: HasParts): Map<string, Weight> {
  const found = new Map<string, Weight>();
  for (const [place, part] of walk(root)) if (isWeight(part)) found.set(place, part);
  return found;
}

/** Blocks by place; the root's is the empty string. */
export function blocks(root: HasParts): Map<string, HasParts> {
  const found = new Map<string, HasParts>();
  for (const [place, part] of walk(root)) if (!isWeight(part)) found.set(place, part);
  return found;
}

/** The block at a place: `at(model, 'backbone/stage2')`. @throws RangeError naming what is there instead. */
export function at(root: HasParts, place: string): HasParts {
  const all = blocks(root);
  const found = all.get(place);
  if (found === undefined) {
    const parent = place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : '';
    const near = [...all.keys()].filter((name) => name.startsWith(parent) && name !== '').slice(0, 12);
    throw new RangeError(`at: no block at '${place}'; there are ${near.join(', ') || 'none below it'}`);
  }
  return found;
}
