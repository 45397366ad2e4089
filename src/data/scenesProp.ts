import { between, chance, int, pick, type Random } from './random.ts';
import type { Colour } from './scenesCanvas.ts';

/** Something that stands in the street and is nobody. */
export interface Prop {
  readonly kind: 'lamp' | 'sign' | 'bin' | 'bollard' | 'tree' | 'pillar' | 'postbox' | 'dummy' | 'signal' | 'shrub';
  readonly seed: number;
  /** Metres. */
  readonly height: number;
  readonly wide: number;
  readonly colour: Colour;
  readonly second: Colour;
}

const posts: readonly Colour[] = [
  [58, 62, 64],
  [96, 100, 100],
  [52, 74, 62],
  [140, 142, 142],
];

/** Colours of what is meant to be seen. */
export const vivid: readonly Colour[] = [
  [176, 36, 38],
  [40, 84, 150],
  [214, 166, 40],
  [52, 112, 66],
  [88, 90, 94],
  [60, 60, 64],
];

const kinds: readonly Prop['kind'][] = [
  'lamp',
  'lamp',
  'sign',
  'sign',
  'bin',
  'bollard',
  'bollard',
  'tree',
  'tree',
  'tree',
  'pillar',
  'postbox',
  'dummy',
  'dummy',
  'signal',
  'shrub',
];

export function drawProp(random: Random): Prop {
  const kind = pick(random, kinds);
  const tall: { readonly [Kind in Prop['kind']]: readonly [low: number, high: number] } = {
    lamp: [4.5, 7],
    sign: [2.2, 3],
    bin: [0.9, 1.2],
    bollard: [0.9, 1.3],
    tree: [3.5, 8],
    pillar: [2.4, 3.2],
    postbox: [1.3, 1.7],
    dummy: [1.45, 1.95], // as tall as a person, and shaped a little like one
    signal: [2.6, 3.4],
    shrub: [0.7, 1.9],
  };
  return {
    kind,
    seed: int(random, 0, 2 ** 30),
    height: between(random, ...tall[kind]),
    wide: between(random, 0.8, 1.25),
    colour: pick(random, kind === 'postbox' || kind === 'bin' || kind === 'dummy' ? vivid : posts),
    second: pick(random, vivid),
  };
}

/** Whether a prop may stand where people walk; trees and lamps keep to the kerb. */
export function keepsToKerb(random: Random, { kind }: Prop): boolean {
  return kind === 'tree' || kind === 'lamp' || kind === 'signal' || chance(random, 0.7);
}
