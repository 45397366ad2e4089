import type { Node, Value } from '../../trace/graph.ts';

/**
 * How numbers lie in memory, 4 bytes each: int32 and bool as whole numbers. `plain`: row-major. `blocked`: a map
 * [b, h, w, c] of float32 as [c / 8][b * h * w][8]; the lanes beyond c hold anything.
 */
export type Layout = 'plain' | 'blocked';

/** Bytes that a plan places: in its arena for as long as they are needed, or for good. */
export interface Buffer {
  readonly bytes: number;
  /** For the text of a plan. */
  readonly name: string;
}

/** An address, once buffers have places. */
export interface Operand {
  readonly buffer: Buffer;
  /** Bytes from the start of the buffer. */
  readonly offset: number;
}

/** One 32-bit word of a command: a whole number, a float32, an address. */
export type Word = number | { readonly float: number } | Operand | undefined; // undefined: address 0, for what is not there

/** One call of a kernel. */
export interface Command {
  /** Of ../commands/codes.ts. */
  readonly code: number;
  /** What it is, for the text of a plan and for profiles: `conv 3x3 s2`. */
  readonly name: string;
  /** In the order in which the kernel reads them, from word 2 on. */
  readonly words: readonly Word[];
  /** Operands that its result may lie over: it reads each of their numbers before it writes the one at that place. */
  readonly over?: readonly Operand[];
  /** Multiply-adds. */
  readonly madds?: number;
  /** Bytes that it reads and writes at least. */
  readonly traffic?: number;
  /** What was fused into it: `swish`, `+ residual`. */
  readonly fused?: readonly string[];
}

/** What a lowering does to a plan: finds and makes places for values, and adds commands. */
export interface Emit {
  /** Threads that will run the plan: scratch is needed for each. */
  readonly threads: number;
  /** The layouts in which a value is there already. */
  readonly layouts: (value: Value) => readonly Layout[];
  /** Where a value is in a layout; a command converts it if need be, once. @throws RangeError for `blocked` of what is no map */
  readonly read: (value: Value, layout: Layout) => Operand;
  /** A place for what the node makes. */
  readonly make: (value: Value, layout: Layout) => Operand;
  /** A value is other bytes that are there already: a reshape, a part of a concatenation. */
  readonly alias: (value: Value, layout: Layout, to: Operand) => void;
  /** Bytes for one command: `bytes` for each thread, in a row. */
  readonly scratch: (bytes: number) => Operand;
  /**
   * Something that is made of values: a packed filter. Where these depend on weights and constants alone it is made when they
   * move, and shared by every plan of an engine under its key.
   */
  readonly derived: (
    key: string,
    of: readonly Value[],
    bytes: number,
    make: (to: Operand) => void, // emits what makes it
  ) => Operand;
  /** Numbers that are known now, placed for good. */
  readonly constant: (numbers: Float32Array | Int32Array) => Operand;
  readonly command: (command: Command) => void;
}

/** Turns a node into commands. */
export type Lowering = (node: Node, emit: Emit) => void;

/** By the kernel's name. */
export type Lowerings = { readonly [op: string]: Lowering };

/** Groups of 8 channels. */
export const groupsOf8 = (channels: number): number => Math.ceil(channels / 8);

/** How many numbers a shape has. */
export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
