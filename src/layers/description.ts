import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Block } from '../core/block.ts';
import { complete } from '../tfjs/abstract.ts';

/** What a file says of its model besides the weights, to tell whether a factory still makes the same one. */
export interface Description {
  /** Sides of its input without the batch. */
  readonly input: readonly number[];
  /** Sides of its outputs without the batch, by name. */
  readonly outputs: { readonly [name: string]: readonly number[] };
  /** Names of the classes, where it is a detector. */
  readonly labels?: readonly string[];
  /** Sum over anchors, each times its number: other anchors have another. */
  readonly anchors?: number;
  /** Name, mean and deviation of its standardization, where it is a detector. */
  readonly standardization?: string;
}

/**
 * Reads a description off a block, without arithmetic.
 *
 * @throws RangeError for an output whose first side is not the batch
 */
export function describe(block: Block<Tensor4D, unknown>, input: readonly number[], label: string): Description {
  const shapes = [1, 2].map((batch) => shapesIn(complete(block, [batch, ...input], { label })));
  const [one = new Map(), two = new Map()] = shapes;
  const outputs = [...one].map(([name, [first, ...sides]]): [string, readonly number[]] => {
    if (first !== 1 || two.get(name)?.[0] !== 2 || `${two.get(name)?.slice(1)}` !== `${sides}`)
      throw new RangeError(
        `${label}: the output ${name} is [${one.get(name)}] for one image and [${two.get(name)}] for two; its first side must be the batch, and no other`,
      );
    return [name, sides];
  });
  return { input, outputs: Object.fromEntries(outputs), ...ofDetector(block) };
}

/** Shapes by path: `boxes`; a single one is `output`. */
function shapesIn(value: unknown, path = ''): Map<string, readonly number[]> {
  if (Array.isArray(value) && value.every((side) => typeof side === 'number'))
    return new Map([[path || 'output', value]]);
  if (typeof value !== 'object' || value === null) return new Map();
  const items = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(items.flatMap(([name, item]) => [...shapesIn(item, path === '' ? `${name}` : `${path}_${name}`)]));
}

/** What a detector says of itself; a block that is none says nothing. */
function ofDetector(block: object): Pick<Description, 'labels' | 'anchors' | 'standardization'> {
  const { labels, anchors, standardization } = block as {
    labels?: readonly string[];
    anchors?: Float32Array;
    standardization?: { readonly name: string };
  };
  return {
    ...(labels && { labels }),
    ...(anchors && { anchors: anchors.reduce((sum, edge, i) => sum + edge * (i + 1), 0) }),
    ...(standardization && { standardization: JSON.stringify(standardization) }),
  };
}

/** @throws RangeError naming each thing in which two descriptions differ */
export function checkSame(saved: Description, made: Description, factory: string): void {
  const keys = [...new Set([...Object.keys(saved), ...Object.keys(made)])] as (keyof Description)[];
  const text = (of: Description, key: keyof Description) => JSON.stringify(of[key]) ?? 'none';
  const differing = keys.filter((key) => text(saved, key) !== text(made, key));
  if (differing.length === 0) return;
  const said = differing.map((key) => `${key} ${text(saved, key)} were saved, ${text(made, key)} are made`);
  throw new RangeError(
    `loadLayersModel: the factory '${factory}' makes another model than the file's: ${said.join('; ')}`,
  );
}
