import { type BackendValues, backend, engine, type NamedTensorMap, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type Graph, inputsOf, type Node, type Value } from '../../src/trace/graph.ts';

/** A kernel as text: its name, and shape and type of what it read and made. */
type Line = string;
const formOf = ({ shape, dtype }: { readonly shape: readonly number[]; readonly dtype: string }) =>
  `${dtype}[${shape}]`;
const line = (
  op: string,
  inputs: readonly Parameters<typeof formOf>[0][],
  outputs: readonly Parameters<typeof formOf>[0][],
) => `${op} ${inputs.map(formOf).join(' ')} -> ${outputs.map(formOf).join(' ')}`;

/** Without `Identity`: tfjs copies what a gradient will read inside of the kernel's call, hidden in that of a composite op. */
export const linesOf = ({ nodes }: Graph): Line[] =>
  nodes.filter(({ op }) => op !== 'Identity').map((node) => line(node.op, inputsOf(node), node.outputs));

/** Runs a function with numbers and writes down each kernel, but none that runs inside of a composite op's body. */
export function watch<T>(run: () => T): { readonly result: T; readonly lines: Line[]; readonly peakBytes: number } {
  const own = engine() as object as {
    runKernel: (op: string, inputs: NamedTensorMap, attrs?: object) => Tensor | Tensor[];
  };
  const { runKernel } = own;
  const memory = watchMemory();
  const lines: Line[] = [];
  let [depth, peakBytes] = [0, 0];
  own.runKernel = (op, inputs, attrs) => {
    if (op === 'Identity') return runKernel.call(own, op, inputs, attrs);
    const at = lines.length;
    const seen = depth === 0;
    if (seen) lines.push('');
    if (op.startsWith('Pyramidion')) depth++;
    try {
      const made = runKernel.call(own, op, inputs, attrs);
      if (seen) {
        const read = Object.values<Tensor | null | undefined>(inputs).filter((t) => t !== null && t !== undefined);
        lines[at] = line(op, read, [made].flat());
        peakBytes = Math.max(peakBytes, memory.live());
      }
      return made;
    } finally {
      if (op.startsWith('Pyramidion')) depth--;
    }
  };
  try {
    return { result: run(), lines, peakBytes };
  } finally {
    Reflect.deleteProperty(own, 'runKernel');
    memory.end();
  }
}

/** Bytes that were written to the cpu backend since and are still held. */
function watchMemory() {
  const cpu = backend();
  const sizes = new Map<object, number>();
  const { write, disposeData } = cpu;
  cpu.write = (values: BackendValues, shape, dtype) => {
    const dataId = write.call(cpu, values, shape, dtype);
    sizes.set(dataId, shape.reduce((a, b) => a * b, 1) * (dtype === 'bool' ? 1 : 4));
    return dataId;
  };
  cpu.disposeData = (dataId, force) => {
    const gone = disposeData.call(cpu, dataId, force);
    if (gone) sizes.delete(dataId);
    return gone;
  };
  return {
    live: () => [...sizes.values()].reduce((a, b) => a + b, 0),
    end: () => {
      Reflect.deleteProperty(cpu, 'write');
      Reflect.deleteProperty(cpu, 'disposeData');
    },
  };
}

/** Runs a graph kernel by kernel on the current backend. Names of inputs -> numbers of the outputs. */
export function replay(
  { inputs, nodes, outputs }: Graph,
  given: { readonly [name: string]: Tensor },
): Map<string, Tensor> {
  const tensors = new Map<Value, Tensor>();
  const numbers = (value: Value): Tensor => {
    const known = tensors.get(value);
    if (known) return known;
    if (value.kind === 'weight') return value.weight.read();
    if (value.kind !== 'constant') throw new Error(`replay: ${value.name} was not made before it is read`);
    return 'dataSync' in value.numbers ? value.numbers : tensor(value.numbers, [...value.shape], value.dtype);
  };
  for (const [name, value] of inputs) {
    const input = given[name];
    if (input) tensors.set(value, input);
  }
  const read = ({ inputs }: Node) =>
    (Array.isArray(inputs)
      ? inputs.map(numbers)
      : Object.fromEntries(
          Object.entries<Value>(inputs).map(([name, value]) => [name, numbers(value)]),
        )) as NamedTensorMap;
  for (const node of nodes) {
    const made = [engine().runKernel<Tensor | Tensor[]>(node.op, read(node), node.attrs)].flat();
    for (const [i, value] of node.outputs.entries()) {
      const result = made[i];
      if (result) tensors.set(value, result);
    }
  }
  return new Map([...outputs].map(([name, value]) => [name, numbers(value)]));
}
