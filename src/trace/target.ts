import type { DataType, TypedArray } from '@tensorflow/tfjs-core';
import type { Graph, Node, WeightValue } from './graph.ts';

/** Numbers of a tensor on the host. */
export interface HostTensor {
  readonly numbers: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

/** A graph that is ready to run. */
export interface Prepared {
  /** In the order of the graph's inputs -> in the order of its outputs. One call at a time. */
  readonly run: (inputs: readonly HostTensor[]) => Promise<readonly HostTensor[]>;
  readonly dispose: () => Promise<void>;
}

/** Something else than tfjs's current backend that runs graphs. */
export interface Target {
  /** For errors. */
  readonly name: string;
  /** Whether it runs a composite op whole. */
  readonly keeps: (op: string) => boolean;
  /** Makes a graph without weights ready; numbers of constants are there. @throws Error for a kernel that it has not */
  readonly prepare: (graph: Graph) => Promise<Prepared>;
}

/** Numbers that a local target holds in its own memory. */
export interface Held {
  /** Whose memory. */
  readonly owner: object;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Whether a tensor beside the one that was given has them too: a plan may not write over them. Default false. */
  readonly lent?: boolean;
  /** A copy of them. @throws Error where they can only be read later */
  readonly read: () => TypedArray;
  /** The same, of numbers that are elsewhere. Default: `read`, at once. */
  readonly readLater?: () => Promise<TypedArray>;
  /** Frees them; nobody may read them afterwards. */
  readonly dispose: () => void;
}

/** The numbers that a weight has now, bound ones too. */
export interface WeightNumbers {
  /** Another one where the numbers are others. */
  readonly stamp: unknown;
  readonly numbers: () => HostTensor | Held;
}
export type ReadWeight = (value: WeightValue) => WeightNumbers;

/** What one command of a local target took. */
export interface CommandTime {
  /** `conv 3x3 s2`. */
  readonly name: string;
  /** Where the block is in the model. */
  readonly place: string;
  /** Of what it makes. */
  readonly shape: readonly number[] | undefined;
  /** The least of all rounds. */
  readonly milliseconds: number;
  /** Multiply-adds, where it has any. */
  readonly madds: number | undefined;
  /** Bytes that it reads and writes at least, where known. */
  readonly traffic: number | undefined;
  /** What was fused into it. */
  readonly fused: readonly string[];
}

/** What a plan may write over. */
export interface Donated {
  /** Inputs, by name, whose memory becomes that of the output of the same name: these have the same shape and type. */
  readonly names: ReadonlySet<string>;
  /** Outputs, by name, whose numbers must be finite; where they are not, nothing that was given is written over. */
  readonly ifFinite: ReadonlySet<string>;
}

/** A graph that is ready to run here and now. Nothing is taken before its first run. */
export interface LocalPrepared {
  /**
   * In the order of the graph's inputs -> in the order of its outputs, numbers in the target's memory: new, or those of a donated
   * input that nobody else held, which holds them too.
   */
  readonly run: (inputs: readonly (HostTensor | Held)[], weights: ReadWeight) => readonly Held[];
  /** Runs it command by command, so many times. */
  readonly time: (
    inputs: readonly (HostTensor | Held)[],
    weights: ReadWeight,
    rounds: number,
  ) => readonly CommandTime[];
  /** Its commands as text. */
  readonly text: () => string;
  /** Bytes that only this graph needs while it is kept. */
  readonly bytes: () => number;
  readonly dispose: () => void;
}

/** Something of ours that runs graphs at once, with weights that it keeps from run to run. */
export interface LocalTarget {
  readonly local: true;
  /** Whose memory `Held` numbers are in. */
  readonly owner: object;
  /** For errors. */
  readonly name: string;
  /** Whether it runs a composite op whole. */
  readonly keeps: (op: string) => boolean;
  /** @throws MissingKernel */
  readonly prepare: (graph: Graph, donated?: Donated) => LocalPrepared;
}

/** A kernel that a local target has not. */
export class MissingKernel extends Error {
  /** Its name in tfjs, or of a composite op. */
  readonly op: string;
  constructor(target: string, { op, place }: Node) {
    super(`${target} has no kernel ${op}${place && ` (${place})`}`);
    this.op = op;
  }
}
