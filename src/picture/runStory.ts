import type { Annotation, Detection } from '../core/annotation.ts';

/** What a run spends its time on, in the order of the page. */
export const phases = ['steps', 'waiting', 'validation', 'saving'] as const;
/** Seconds. */
export type PhaseSeconds = { readonly [phase in (typeof phases)[number]]: number };

/** A step that was taken. */
export interface RunStep {
  readonly step: number;
  /** Parts by name, `total` among them. */
  readonly loss: { readonly [part: string]: number };
  readonly learningRate: number;
}

/** A held-out image, what is there, and what was found in it after an epoch. */
export interface RunPicture {
  readonly id: string;
  /** Rows and columns, pixels. */
  readonly size: readonly [number, number];
  readonly truths: readonly Annotation[];
  readonly detections: readonly Detection[];
}

/** An epoch that ended. */
export interface RunEpoch {
  /** From 1 on. */
  readonly epoch: number;
  /** Mean over its steps. */
  readonly loss: { readonly [part: string]: number };
  readonly seconds: PhaseSeconds;
  readonly held?: {
    readonly loss: { readonly [part: string]: number };
    readonly missRate?: { readonly logAverage: number; readonly images: number; readonly truths: number };
    readonly shown?: readonly RunPicture[];
  };
}

/** A run, as its page tells it. */
export interface RunStory {
  readonly name: string;
  readonly status: 'running' | 'stopped' | 'early' | 'done';
  /** Of the whole run. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** In order. */
  readonly taken: readonly RunStep[];
  /** In order. */
  readonly ended: readonly RunEpoch[];
  /** All that was spent so far. */
  readonly seconds: PhaseSeconds;
  /** Of the time that is told. */
  readonly imagesPerSecond?: number;
  /** Recipe, data, seed, versions, machine: names and values. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** JPEG or PNG files of held-out images by id. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/** @throws RangeError for no runs or more than 6, or two of one name */
export function checkStories(stories: readonly RunStory[]): void {
  if (stories.length === 0) throw new RangeError('runPage: stories is empty; give at least one run');
  if (stories.length > 6)
    throw new RangeError(`runPage: ${stories.length} runs do not fit into a page; give at most 6`);
  const names = stories.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new RangeError(`runPage: two runs are called ${twice}; give each a name of its own`);
}

/** The epoch with the lowest miss rate, or the lowest held-out loss where no object counts; undefined before a validation. */
export function bestEpoch({ ended }: RunStory): RunEpoch | undefined {
  const score = ({ held }: RunEpoch) => held?.missRate?.logAverage ?? held?.loss.total ?? Number.POSITIVE_INFINITY;
  return ended
    .filter(({ held }) => held !== undefined)
    .reduce<RunEpoch | undefined>(
      (best, one) => (best === undefined || score(one) < score(best) ? one : best),
      undefined,
    );
}
