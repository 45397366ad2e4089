import type { EvaluatedImage } from '../evaluate/evaluatedImage.ts';
import type { MissRate } from '../evaluate/missRate.ts';
import type { ModelCard } from './card.ts';
import type { Recipe } from './recipe.ts';
import type { Spent } from './stopwatch.ts';

/** Parts of a loss by name, `total` among them. */
export type LossNumbers = { readonly [part: string]: number };

/** A run begins, or goes on. */
export interface StartReport {
  readonly kind: 'start';
  readonly recipe: Recipe;
  readonly seed: number;
  readonly images: number;
  readonly stepsPerEpoch: number;
  readonly epoch: number;
  readonly step: number;
  readonly card: ModelCard;
}

/** A step was taken. */
export interface StepReport {
  readonly kind: 'step';
  readonly epoch: number;
  readonly epochs: number;
  /** Steps since the beginning, this one included. */
  readonly step: number;
  /** Of the whole run. */
  readonly steps: number;
  readonly loss: LossNumbers;
  readonly learningRate: number;
  readonly imagesPerSecond: number;
  /** Share of the time that was spent waiting for images. */
  readonly waiting: number;
  readonly secondsLeft: number;
  /** Weights that the loss does not reach: told in the first step of a run, else absent. */
  readonly unreached?: readonly string[];
}

/** An epoch ended. */
export interface EpochReport {
  readonly kind: 'epoch';
  readonly epoch: number;
  readonly epochs: number;
  /** Steps since the beginning. */
  readonly step: number;
  /** Mean over the steps of the epoch. */
  readonly loss: LossNumbers;
  readonly validation?: Validation;
  /** Whether the validation was the best so far. */
  readonly best: boolean;
  /** Since the run began or went on. */
  readonly spent: Spent;
}

/** What the held-out images say. */
export interface Validation {
  readonly loss: LossNumbers;
  /** Absent where no held-out object counts. */
  readonly missRate?: Pick<MissRate, 'logAverage' | 'images' | 'truths' | 'detections'>;
  /** What was found in the images that are shown, from a score of 0.1 on. */
  readonly shown?: readonly ShownImage[];
}

/** An image, what is there, and the best of what was found; places in pixels of the image, rounded to a tenth. */
export interface ShownImage extends EvaluatedImage {
  readonly id: string;
  /** Rows and columns, pixels. */
  readonly size: readonly [number, number];
}

/** A run ended: it was `done`, it ended `early` as its recipe says, or it was asked to stop. */
export interface EndReport {
  readonly kind: 'end';
  readonly why: 'done' | 'early' | 'stopped';
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly spent: Spent;
}

/** Plain data: one line of a log each. */
export type Report = StartReport | StepReport | EpochReport | EndReport;
