import type { WeightKind } from '../core/weight.ts';
import type { Node } from './graph.ts';
import type { BlockCall } from './record.ts';
import { multiplyAdds } from './work.ts';

/** Sums over a block and all that is in it. */
export interface Tally {
  /** Numbers that a gradient can reach, frozen or not. */
  readonly parameters: number;
  /** How many of them are frozen. */
  readonly frozen: number;
  /** Running means and variances. */
  readonly statistics: number;
  /** Products that are summed, of convolutions and matrix products. */
  readonly macs: number;
  /** Kernels that run. */
  readonly kernels: number;
}

/** A map that a block gives by its name: `C3`, `P4`. */
export interface LevelSummary {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface BlockSummary extends Tally {
  /** The last step of its place; the whole has the name that was given. */
  readonly name: string;
  /** Where it is in the model; empty for the whole. */
  readonly place: string;
  /** How often it was called; 0 for a mere list or record of blocks. */
  readonly calls: number;
  /** Shapes of what its last call gave, in the same lists and records. */
  readonly output: unknown;
  /** Maps that it gives by name, finest first. */
  readonly levels: readonly LevelSummary[];
  /** What it is made of, in the order of the first call. */
  readonly blocks: readonly BlockSummary[];
}

/** The same while it is being added up. */
interface Growing {
  readonly name: string;
  readonly place: string;
  readonly sums: { -readonly [N in keyof Tally]: number };
  readonly blocks: Map<string, Growing>;
  calls: number;
  output: unknown;
}

/** Numbers that a model owns, as they are counted. */
export interface CountedWeight {
  readonly place: string;
  readonly shape: readonly number[];
  readonly kind: WeightKind;
  readonly trainable: boolean;
}

interface TreeInput {
  readonly name: string;
  readonly depth: number;
  readonly nodes: readonly Node[];
  readonly weights: readonly CountedWeight[];
  readonly calls: readonly BlockCall[];
}

/** Adds up kernels and weights by place. */
export function tree({ name, depth, nodes, weights, calls }: TreeInput): BlockSummary {
  const root = seed(name, '');
  for (const { place, output } of calls) {
    const path = pathTo(root, place, depth);
    const block = path.at(-1);
    if (block?.place !== place) continue; // deeper than asked for
    block.calls++;
    block.output = output;
  }
  for (const node of nodes) {
    const macs = multiplyAdds(node);
    for (const { sums } of pathTo(root, node.place, depth)) {
      sums.macs += macs;
      sums.kernels++;
    }
  }
  for (const { place, shape, kind, trainable } of weights) {
    const numbers = shape.reduce((a, b) => a * b, 1);
    const owner = place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : '';
    for (const { sums } of pathTo(root, owner, depth)) {
      if (kind === 'statistic') sums.statistics += numbers;
      else sums.parameters += numbers;
      if (kind === 'trainable' && !trainable) sums.frozen += numbers;
    }
  }
  return grown(root);
}

const seed = (name: string, place: string): Growing => ({
  name,
  place,
  sums: { parameters: 0, frozen: 0, statistics: 0, macs: 0, kernels: 0 },
  blocks: new Map(),
  calls: 0,
  output: undefined,
});

/** The whole, and each step towards a place, as deep as was asked for. */
function pathTo(root: Growing, place: string, depth: number): readonly Growing[] {
  const path = [root];
  let at = root;
  for (const step of place === '' ? [] : place.split('/').slice(0, depth)) {
    const next = at.blocks.get(step) ?? seed(step, at.place === '' ? step : `${at.place}/${step}`);
    at.blocks.set(step, next);
    path.push(next);
    at = next;
  }
  return path;
}

const grown = ({ sums, blocks, output, ...rest }: Growing): BlockSummary => ({
  ...rest,
  output,
  ...sums,
  levels: levelsOf(output),
  blocks: [...blocks.values()].map(grown),
});

/** Maps named as levels or stages in what a block gave, finest first. */
export function levelsOf(output: unknown): LevelSummary[] {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return [];
  return Object.entries(output)
    .filter(([name, shape]) => /^[CP]\d+$/.test(name) && Array.isArray(shape))
    .sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([name, shape]) => ({ name, shape }));
}
