import { getBackend, version_core } from '@tensorflow/tfjs-core';
import { type HasParts, weights } from '../core/block.ts';
import { version } from '../core/version.ts';
import type { Sample } from '../data/sample.ts';
import type { Predictor } from '../model/predict.ts';
import { sha256 } from '../weights/sourceSha256.ts';
import type { Validation } from './report.ts';

/** Something that others made, and on which terms. */
export interface Origin {
  /** `Penn-Fudan`. */
  readonly name: string;
  /** Where it is from: an address, or a citation. */
  readonly source?: string;
  /** An SPDX identifier where there is one: `CC-BY-4.0`. */
  readonly licence?: string;
  /** What else is to be known: `120 of 170 photographs`. */
  readonly note?: string;
}

/** What only a person can say of a model. */
export interface CardOptions {
  /** What the model is called. */
  readonly name?: string;
  /** Of the weights that come out: an SPDX identifier where there is one. */
  readonly licence?: string;
  /** What is learned from. */
  readonly data?: Origin;
  /** What is held out. */
  readonly held?: Origin;
  /** The weights that training began with. */
  readonly began?: Origin;
  /** What it is good for and where its limits are; Markdown. */
  readonly notes?: string;
}

/** A list of samples in figures. */
export interface ListFacts {
  readonly images: number;
  /** SHA-256 of a line for each sample in order: id, width, height, with tabs between. */
  readonly sha256: string;
}

/** Where a model is from: what a person said, and what the run knows. Plain data; recipe, seed and metrics stand beside it in a record. */
export interface ModelCard extends Omit<CardOptions, 'data' | 'held'> {
  readonly data: Partial<Origin> & ListFacts;
  readonly held?: Partial<Origin> & ListFacts;
  readonly model: {
    /** Rows and columns, pixels. */
    readonly inputSize: readonly [number, number];
    readonly labels: readonly string[];
    /** Numbers that the weights hold. */
    readonly parameters: number;
  };
  readonly versions: {
    readonly pyramidion: string;
    readonly tfjs: string;
    /** `node 24.1.0`, or what the browser calls itself. */
    readonly runtime: string;
    /** Of TensorFlow.js. */
    readonly backend: string;
  };
}

/** What the last epoch that ended came to, and the last validation. */
export interface Metrics {
  /** Epochs that had ended. */
  readonly epoch: number;
  /** Means over the steps of the epoch. */
  readonly loss: { readonly [part: string]: number };
  readonly validation?: Omit<Validation, 'shown'>;
}

/** Without the pictures. */
export function metricsOf(epoch: number, loss: Metrics['loss'], validation: Validation | undefined): Metrics {
  if (validation === undefined) return { epoch, loss };
  const { shown: _, ...rest } = validation;
  return { epoch, loss, validation: rest };
}

/** The card of a run. */
export function modelCard(
  model: Predictor & HasParts,
  { data: source, held: heldSource, ...given }: CardOptions,
  lists: { readonly data: readonly Sample[]; readonly held?: readonly Sample[] | undefined },
): ModelCard {
  const all = [...weights(model).values()];
  return {
    ...given,
    data: { ...source, ...listFacts(lists.data) },
    ...(lists.held ? { held: { ...heldSource, ...listFacts(lists.held) } } : {}),
    model: {
      inputSize: [model.inputSize[0], model.inputSize[1]],
      labels: model.labels,
      parameters: all.reduce((sum, { shape = [] }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    },
    versions: { pyramidion: version, tfjs: version_core, runtime: runtime(), backend: getBackend() },
  };
}

/** Which images a list has, without decoding or labels: lists that are alike have the same hash. */
export function listFacts(samples: readonly Sample[]): ListFacts {
  const hash = sha256();
  const encoder = new TextEncoder();
  for (const { id, width, height } of samples) hash.update(encoder.encode(`${id}\t${width}\t${height}\n`));
  return { images: samples.length, sha256: hash.hex() };
}

function runtime(): string {
  const node: unknown = Reflect.get(globalThis, 'process')?.versions?.node;
  return typeof node === 'string' ? `node ${node}` : (globalThis.navigator?.userAgent ?? 'unknown');
}
