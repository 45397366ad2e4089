import '@tensorflow/tfjs-backend-cpu';
import { type DataType, engine, type NamedAttrMap, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { decode } from '../../src/engine/bytes.ts';
import { convert } from '../../src/engine/lower/layouts.ts';
import { plain } from '../../src/engine/plain.generated.ts';
import type { Command, Emit, Layout, Lowerings, Operand } from '../../src/engine/plan/emit.ts';
import { bytesIn } from '../../src/engine/plan/planner.ts';
import { relaxed } from '../../src/engine/relaxed.generated.ts';
import { wide } from '../../src/engine/wide.generated.ts';
import type { InputValue, Node, ResultValue, Value } from '../../src/trace/graph.ts';

/** Numbers with a shape. */
export interface Given {
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly numbers: ArrayLike<number>;
  /** In which it lies when the node comes; NaN in the lanes beyond its channels. */
  readonly layout?: Layout;
}

/** Builds that this runtime takes. */
export const builds = Object.entries({ plain, relaxed, wide })
  .map(([build, text]) => ({ build, bytes: decode(text) }))
  .filter(({ bytes }) => WebAssembly.validate(bytes));

type Run = (p: number, count: number, thread: number, threads: number) => void;
interface Engine {
  readonly memory: WebAssembly.Memory;
  readonly run: Run;
}
const isRun = (value: unknown): value is Run => typeof value === 'function';
const engines = builds.map(({ build, bytes }) => {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
  const { run, init } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory, alive: () => 1 },
  }).exports;
  if (!isRun(run)) throw new Error('the engine has no run');
  if (typeof init === 'function') init();
  return { build, memory, run };
});

const view = ({ memory }: Engine, at: number, count: number, dtype: DataType) =>
  dtype === 'float32' ? new Float32Array(memory.buffer, at, count) : new Int32Array(memory.buffer, at, count);
const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Runs each command at once, in memory that grows; a mark behind each buffer must stay. */
function emitting(over: Engine, threads: number) {
  let end = 4096;
  const marks: number[] = [];
  const commands: Command[] = [];
  const places = new Map<Value, Map<Layout, Operand>>();
  const addresses = new Map<object, number>();
  const own = (bytes: number): Operand => {
    const buffer = { bytes, name: 'b' };
    addresses.set(buffer, end);
    new Float32Array(over.memory.buffer, end, Math.ceil(bytes / 4)).fill(Number.NaN);
    end += bytes;
    new Int32Array(over.memory.buffer, end, 1)[0] = 0x12345678;
    marks.push(end);
    end = Math.ceil((end + 4) / 64) * 64;
    return { buffer, offset: 0 };
  };
  const address = ({ buffer, offset }: Operand) => (addresses.get(buffer) ?? 0) + offset;
  const place = (value: Value, layout: Layout, to: Operand) => {
    places.set(value, (places.get(value) ?? new Map<Layout, Operand>()).set(layout, to));
    return to;
  };
  const emit: Emit = {
    threads,
    layouts: (value) => [...(places.get(value)?.keys() ?? [])],
    read: (value, layout) => {
      const there = places.get(value)?.get(layout);
      if (there) return there;
      const [other] = places.get(value)?.values() ?? [];
      if (other === undefined) throw new Error(`${value.name} is read before it is made`);
      const to = own(bytesIn(value, layout));
      emit.command(convert(value, other, to, layout));
      return place(value, layout, to);
    },
    make: (value, layout) => place(value, layout, own(bytesIn(value, layout))),
    alias: place,
    scratch: (bytes) => own(bytes * threads),
    derived: (_key, _of, bytes, make) => {
      const to = own(bytes);
      make(to);
      return to;
    },
    constant: (numbers) => {
      const to = own(4 * numbers.length);
      const float = numbers instanceof Float32Array;
      view(over, address(to), numbers.length, float ? 'float32' : 'int32').set(numbers);
      return to;
    },
    command: (command) => {
      commands.push(command);
      const p = (1 << 16) << 7; // beyond what small cases need
      const words = new DataView(over.memory.buffer, p);
      words.setInt32(0, command.code, true);
      words.setInt32(4, command.words.length + 2, true);
      for (const [i, word] of command.words.entries()) {
        const at = 8 + 4 * i;
        if (word === undefined) words.setInt32(at, 0, true);
        else if (typeof word === 'number') words.setInt32(at, word, true);
        else if ('float' in word) words.setFloat32(at, word.float, true);
        else words.setUint32(at, address(word), true);
      }
      for (let thread = 0; thread < threads; thread++) over.run(p, 1, thread, threads);
    },
  };
  return {
    emit,
    place,
    own,
    address,
    commands,
    intact: () => marks.every((at) => new Int32Array(over.memory.buffer, at, 1)[0] === 0x12345678),
  };
}

/** Runs nodes in one build. The results are those of the last node, and a list of what ran. */
function runNodes(
  over: Engine,
  lowerings: Lowerings,
  nodes: readonly Node[],
  inputs: ReadonlyMap<Value, Given>,
  threads: number,
) {
  const { emit, place, own, address, commands, intact } = emitting(over, threads);
  for (const [value, { shape, dtype, numbers, layout = 'plain' }] of inputs) {
    const to = own(bytesIn(value, layout));
    if (layout === 'plain') view(over, address(to), product(shape), dtype).set(Array.from(numbers));
    else {
      const channels = shape[3] ?? 1;
      const pixels = product(shape.slice(0, 3));
      const all = view(over, address(to), to.buffer.bytes / 4, dtype);
      for (let i = 0; i < numbers.length; i++) {
        const [pixel, c] = [Math.floor(i / channels), i % channels];
        all[((c >> 3) * pixels + pixel) * 8 + (c & 7)] = numbers[i] ?? 0;
      }
    }
    place(value, layout, to);
  }
  for (const node of nodes) {
    const lowering = lowerings[node.op];
    if (lowering === undefined) throw new Error(`no lowering of ${node.op}`);
    lowering(node, emit);
  }
  const outputs = nodes.at(-1)?.outputs ?? [];
  const made = outputs.map((value) => {
    const at = address(emit.read(value, 'plain'));
    return view(over, at, product(value.shape), value.dtype).slice();
  });
  expect(intact(), 'numbers behind a buffer stay').toBe(true);
  return { made, commands };
}

const isTensor = (value: unknown): value is Tensor => typeof value === 'object' && value !== null && 'dataId' in value;

export type Inputs = { readonly [name: string]: Given } | readonly Given[];

/** What the cpu backend makes of a kernel. */
function expected(op: string, inputs: Inputs, attrs: NamedAttrMap): readonly Tensor[] {
  setBackend('cpu');
  const tensors = Object.entries<Given>(inputs).map(([name, { shape, dtype, numbers }]) => {
    const array =
      dtype === 'float32'
        ? Float32Array.from(numbers)
        : dtype === 'int32'
          ? Int32Array.from(numbers)
          : Uint8Array.from(numbers);
    return [name, tensor(array, [...shape], dtype)] as const;
  });
  const list = Array.isArray(inputs) ? tensors.map(([, t]) => t) : Object.fromEntries(tensors);
  const made: unknown = engine().runKernel(op, list as never, attrs); // its type has no lists, the kernels have
  return (Array.isArray(made) ? made : [made]).filter(isTensor);
}

export interface Tolerance {
  /** Of the largest finite expected value; 0 is exact, the default. */
  readonly of?: number;
  /** Of each number itself. */
  readonly itself?: number;
  /** In all. */
  readonly absolute?: number;
  /** Where the engine says more than the cpu backend, or otherwise: what is expected instead. */
  readonly instead?: readonly ArrayLike<number>[];
}

/** Runs a node in every build, with 1 and 3 threads; the results must be the cpu backend's, and the same bits in both. */
export function expectAsCpu(
  lowerings: Lowerings,
  op: string,
  inputs: Inputs,
  attrs: NamedAttrMap,
  { of = 0, itself = 0, absolute = 0, instead }: Tolerance = {},
): readonly Command[] {
  const wanted = expected(op, inputs, attrs);
  const values = Object.entries<Given>(inputs).map(([name, given]): [string, InputValue, Given] => [
    name,
    { kind: 'input', name, shape: given.shape, dtype: given.dtype },
    given,
  ]);
  const outputs = wanted.map(({ shape, dtype }, i): ResultValue => ({ kind: 'result', name: `y${i}`, shape, dtype }));
  const read = Array.isArray(inputs) ? values.map(([, value]) => value) : Object.fromEntries(values);
  const node: Node = { op, inputs: read, attrs, outputs, place: '' };
  let all: readonly Command[] = [];
  for (const over of engines) {
    const [first, second] = [1, 3].map((threads) =>
      runNodes(over, lowerings, [node], new Map(values.map(([, value, given]) => [value, given])), threads),
    );
    for (const [i, y] of wanted.entries()) {
      const name = `${over.build} ${op} ${JSON.stringify(Object.values<Given>(inputs).map(({ shape, layout }) => [shape, layout]))} ${JSON.stringify(attrs)}`;
      expectClose(first?.made[i] ?? [], instead?.[i] ?? y.dataSync(), of, name, itself, absolute);
      expect(bits(second?.made[i]), `${name}, threads`).toEqual(bits(first?.made[i]));
    }
    all = first?.commands ?? [];
  }
  for (const y of wanted) y.dispose();
  return all;
}
const bits = (array: Float32Array | Int32Array | undefined) =>
  array && new Int32Array(array.buffer, array.byteOffset, array.length);

/** Equal, or off by a part of the largest; NaN where it is NaN, infinities where they are. */
export function expectClose(
  made: ArrayLike<number>,
  wanted: ArrayLike<number>,
  of: number,
  name: string,
  itself = 0,
  absolute = 0,
): void {
  expect(made.length, name).toBe(wanted.length);
  const largest = Array.from(wanted).reduce((a, b) => (Number.isFinite(b) ? Math.max(a, Math.abs(b)) : a), 0);
  for (let i = 0; i < wanted.length; i++) {
    const [got, want] = [made[i] ?? 0, wanted[i] ?? 0];
    const same = Number.isNaN(want)
      ? Number.isNaN(got)
      : got === want || Math.abs(got - want) <= of * largest + itself * Math.abs(want) + absolute;
    if (!same) expect.fail(`${name}: number ${i} is ${got}, not ${want}`);
  }
}

/** Runs nodes of a graph that is written by hand, and gives the numbers of the last one's results and what ran. */
export function runByHand(
  lowerings: Lowerings,
  nodes: readonly Node[],
  inputs: ReadonlyMap<Value, Given>,
  threads = 1,
) {
  return engines.map((over) => ({ build: over.build, ...runNodes(over, lowerings, nodes, inputs, threads) }));
}

/** Draws numbers and shapes. */
export function drawing(...keys: readonly (string | number)[]) {
  const next = keyedRandom(...keys);
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(...of: readonly [T, ...T[]]): T => of[int(0, of.length - 1)] ?? of[0];
  return {
    next,
    int,
    pick,
    /** Numbers from -scale to scale. */
    floats: (shape: readonly number[], scale = 3, layout: Layout = 'plain'): Given => ({
      shape,
      dtype: 'float32',
      numbers: Float32Array.from({ length: product(shape) }, () => (next() * 2 - 1) * scale),
      layout,
    }),
    ints: (shape: readonly number[], from = -9, to = 9): Given => ({
      shape,
      dtype: 'int32',
      numbers: Int32Array.from({ length: product(shape) }, () => int(from, to)),
    }),
    bools: (shape: readonly number[]): Given => ({
      shape,
      dtype: 'bool',
      numbers: Int32Array.from({ length: product(shape) }, () => int(0, 1)),
    }),
  };
}
