import { type Graph, inputsOf, type Node, type Value } from './graph.ts';

/** A number of one graph and the one in its place in the other. */
export interface Difference {
  readonly from: number;
  readonly to: number;
}
export interface AttrDifference extends Difference {
  readonly path: readonly (string | number)[];
}

interface Differences {
  /** By value of the first graph. */
  readonly sides: ReadonlyMap<Value, readonly (Difference | undefined)[]>;
  /** By the first result of a node of the first graph. */
  readonly attrs: ReadonlyMap<Value, readonly AttrDifference[]>;
}

/**
 * What sizes and attributes differ between two graphs of the same kernels.
 *
 * @throws Error where they differ in anything else, naming the place
 */
export function compareGraphs(first: Graph, second: Graph, label: string): Differences {
  const pairs = new Map<Value, Value>();
  const sides = new Map<Value, readonly (Difference | undefined)[]>();
  const attrs = new Map<Value, readonly AttrDifference[]>();
  const differ = (where: string, what: string) =>
    new Error(`${label}: ${where}: ${what}; the function must do the same for every batch`);

  const pair = (a: Value, b: Value, where: string) => {
    const known = pairs.get(a);
    if (known === b) return;
    if (known) throw differ(where, `another value is read than ${a.name}`);
    pairs.set(a, b);
    if (a.kind !== b.kind || a.dtype !== b.dtype || a.shape.length !== b.shape.length)
      throw differ(where, `${a.name} is ${textOf(a)} for one batch and ${textOf(b)} for the next`);
    if (a.kind === 'weight' && b.kind === 'weight' && a.weight !== b.weight)
      throw differ(where, `another weight is read than ${a.name}`);
    if (a.kind === 'constant' && b.kind === 'constant' && !sameNumbers(a.numbers, b.numbers))
      throw differ(
        where,
        `the numbers of a constant of shape [${a.shape}] depend on the batch, make them of the input by ops, or by fill`,
      );
    const found = a.shape.map((from, axis) => {
      const to = b.shape[axis] ?? from;
      return from === to ? undefined : { from, to };
    });
    if (found.some((side) => side !== undefined)) sides.set(a, found);
  };

  for (const [path, a] of first.inputs) {
    const b = second.inputs.get(path);
    if (b === undefined) throw differ('inputs', `there is no ${path} for the next batch`);
    pair(a, b, `input ${path}`);
  }
  if (first.nodes.length !== second.nodes.length)
    throw differ(
      firstOther(first, second),
      `${first.nodes.length} kernels for one batch, ${second.nodes.length} for the next`,
    );
  for (const [i, a] of first.nodes.entries()) {
    const b = second.nodes[i] ?? a;
    const where = whereOf(a);
    const [reads, others] = [inputsOf(a), inputsOf(b)];
    if (a.op !== b.op || reads.length !== others.length || a.outputs.length !== b.outputs.length)
      throw differ(where, `another kernel for the next batch, ${b.op} of ${others.length}`);
    for (const [j, read] of reads.entries()) pair(read, others[j] ?? read, where);
    for (const [j, made] of a.outputs.entries()) pair(made, b.outputs[j] ?? made, where);
    const found = [
      ...attrDifferences(a.attrs, b.attrs, [], (path) =>
        differ(where, `the attribute ${path.join('.')} is no number and another for the next batch`),
      ),
    ];
    const [result] = a.outputs;
    if (found.length > 0 && result) attrs.set(result, found);
  }
  for (const [path, a] of first.outputs) {
    const b = second.outputs.get(path);
    if (b === undefined) throw differ('outputs', `there is no ${path} for the next batch`);
    pair(a, b, `output ${path}`);
  }
  return { sides, attrs };
}

const textOf = ({ kind, dtype, shape }: Value) => `a ${kind}, ${dtype} [${shape}]`;
const whereOf = ({ place, op }: Node) => (place === '' ? op : `${place}: ${op}`);

/** Where two lists of kernels part. */
function firstOther({ nodes }: Graph, { nodes: others }: Graph): string {
  const at = nodes.findIndex((node, i) => node.op !== others[i]?.op);
  const node = nodes[at < 0 ? nodes.length - 1 : at];
  return node ? whereOf(node) : 'kernels';
}

type Numbers = Extract<Value, { kind: 'constant' }>['numbers'];
function sameNumbers(a: Numbers, b: Numbers): boolean {
  if (a === b) return true;
  if ('dataSync' in a || 'dataSync' in b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** Numbers that differ within attributes, by path. Lists and records are entered. */
function* attrDifferences(
  a: unknown,
  b: unknown,
  path: readonly (string | number)[],
  other: (path: readonly (string | number)[]) => Error,
): Generator<AttrDifference> {
  if (Object.is(a, b)) return;
  if (typeof a === 'number' && typeof b === 'number') {
    yield { path, from: a, to: b };
  } else if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [mine, yours] = [Object.entries(a), new Map(Object.entries(b))];
    if (mine.length !== yours.size) throw other(path);
    for (const [key, value] of mine)
      yield* attrDifferences(value, yours.get(key), [...path, Array.isArray(a) ? Number(key) : key], other);
  } else throw other(path);
}
