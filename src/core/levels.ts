import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Block } from './block.ts';

type Digit = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** A map of a backbone. In the FPN family Cn has stride 2^n. */
export type Stage = `C${Digit}`;
/** A map of a neck. The number orders levels; the stride is a property of the model. */
export type Level = `P${Digit}`;
/** Maps by name, [b, h, w, c] each. */
export type Maps<Name extends string> = { readonly [N in Name]: Tensor4D };

/** What a map of a backbone is like. */
export interface Feature {
  readonly channels: number;
  /** Input pixels from one cell to the next. */
  readonly stride: number;
}

/** Boxes as codes relative to anchors, and a number per class, in the order of the anchors. */
export interface Predictions {
  /** [b, n, 4], in the coder's form [ty, tx, th, tw]. */
  readonly boxes: Tensor3D;
  /** [b, n, classes], before softmax or sigmoid. */
  readonly logits: Tensor3D;
}

/** The anchors of a level, as `anchors` takes them. */
export interface AnchorShapes {
  readonly shapes: readonly (readonly [height: number, width: number])[];
  readonly step?: readonly [y: number, x: number];
  readonly grid?: 'centres' | 'corners';
}

/** What is taken from each channel of an image in 0-255 and what it is divided by; RGB. */
export interface Standardization {
  readonly name: string;
  readonly mean: readonly [red: number, green: number, blue: number];
  readonly deviation: readonly [red: number, green: number, blue: number];
}

/** What belongs to a set of weights rather than to the architecture: with other figures the same weights are another function. */
export interface Variant {
  /** Whose weights: `timmTf`, `torchvision`. */
  readonly name: string;
  /** Of the batch norms: what is added to the variance, and how much of a running statistic stays at each step. */
  readonly norm: { readonly epsilon: number; readonly momentum: number };
  /** How filters of stride 1 and 2 meet the edges. */
  readonly padding: 'same' | 'symmetric' | 'valid';
  /** What was done to the pixels first. */
  readonly standardization: Standardization;
}

/** Makes the stages S of an image. */
export interface Backbone<S extends Stage> extends Block<Tensor4D, Maps<S>> {
  readonly stages: readonly S[];
  /** What each stage is like. */
  readonly features: Readonly<Record<S, Feature>>;
  /** The same blocks, built only as deep as these stages need. */
  readonly until: <const Read extends S>(stages: readonly Read[]) => Backbone<S>;
  /** What it wants done to the pixels first, where that is known. */
  readonly standardization?: Standardization;
  /** Whose weights it is made for, where that is known; resolved for this very architecture. */
  readonly variant?: Variant;
  /** Its factory's name, `efficientNetB4`, where it is a published size. */
  readonly architecture?: string;
}

/** Reads the stages S, makes the levels L. */
export interface Neck<S extends Stage, L extends Level> extends Block<Maps<S>, Maps<L>> {
  readonly needs: readonly S[];
  readonly levels: readonly L[];
}

/** Reads the levels L, makes other maps of the levels M. */
export interface Adapter<L extends Level, M extends Level = L> extends Block<Maps<L>, Maps<M>> {
  readonly needs: readonly L[];
  readonly levels: readonly M[];
}

/** Reads the levels L, makes predictions. */
export interface Head<L extends Level> extends Block<Maps<L>, Predictions> {
  readonly needs: readonly L[];
  /** Anchors of a cell, in the order of `needs`: height and width in pixels of the input. */
  readonly anchors: readonly AnchorShapes[];
  /** Names of the classes from 1 on; class 0 is the background. */
  readonly labels: readonly string[];
}

/** Makes a map for each name; the one place where names become a typed record. */
export function mapLevels<N extends string, T>(
  names: readonly N[],
  make: (name: N, index: number) => T,
): { readonly [K in N]: T } {
  return Object.fromEntries(names.map((name, i) => [name, make(name, i)])) as { readonly [K in N]: T };
}

/** Number of a level or stage: 3 of `P3`. */
export const rank = (name: Stage | Level): number => Number(name.slice(1));

interface UpTo {
  P1: 'P1';
  P2: UpTo['P1'] | 'P2';
  P3: UpTo['P2'] | 'P3';
  P4: UpTo['P3'] | 'P4';
  P5: UpTo['P4'] | 'P5';
  P6: UpTo['P5'] | 'P6';
  P7: UpTo['P6'] | 'P7';
  P8: UpTo['P7'] | 'P8';
  P9: Level;
}
interface From {
  P9: 'P9';
  P8: From['P9'] | 'P8';
  P7: From['P8'] | 'P7';
  P6: From['P7'] | 'P6';
  P5: From['P6'] | 'P5';
  P4: From['P5'] | 'P4';
  P3: From['P4'] | 'P3';
  P2: From['P3'] | 'P2';
  P1: Level;
}

export type { From, UpTo };
