import { fixedNodes, isStored } from '../../trace/fixed.ts';
import { type Graph, liveNodes, type Node, type Value } from '../../trace/graph.ts';
import { type Donated, MissingKernel } from '../../trace/target.ts';
import { copyBytes } from '../commands/codes.ts';
import type { Arena } from './arena.ts';
import { donate, pairsOf } from './donate.ts';
import type { Buffer, Command, Emit, Layout, Lowerings, Operand } from './emit.ts';
import { groupsOf8, product } from './emit.ts';
import { keysOf } from './keys.ts';
import { arenaOf, type Section, section } from './section.ts';

/** Something that weights and constants alone make, kept between runs and shared by plans. */
export interface Standing {
  /** Of two with the same key one is enough. */
  readonly key: string;
  readonly buffer: Buffer;
  /** What makes it: reads `section.given`. Its result is `buffer`, which is not of its arena. */
  readonly section: Section;
  readonly arena: Arena;
}

/** What a graph becomes: commands over bytes. */
export interface EnginePlan {
  readonly graph: Graph;
  readonly main: Section;
  readonly arena: Arena;
  readonly standing: readonly Standing[];
  /** Inputs and outputs that are no part of the arena: they lie where their numbers are, or shall stay. */
  readonly outside: ReadonlySet<Buffer>;
  /** In the order of the graph's. */
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Operand[];
  /** Inputs, by number, that are written over. */
  readonly donated: ReadonlySet<number>;
  /** Commands that write nothing over, and the outputs, by number, that must be finite after them for the others to do so. */
  readonly trial: { readonly steps: number; readonly outputs: readonly number[] };
}

/** Bytes of a value in a layout. @throws RangeError for `blocked` of what is no map of float32 */
export function bytesIn({ shape, dtype, name }: Value, layout: Layout): number {
  if (layout === 'plain') return 4 * product(shape);
  if (shape.length !== 4 || dtype !== 'float32')
    throw new RangeError(`engine: ${name} is ${dtype} [${shape}]; only maps [b, h, w, c] of float32 are blocked`);
  return 32 * groupsOf8(shape[3] ?? 0) * product(shape.slice(0, 3));
}

/** How a layout is made of the other one; see lower/layouts.ts. */
export type Convert = (value: Value, from: Operand, to: Operand, layout: Layout) => Command;

export interface PlanOptions {
  readonly lowerings: Lowerings;
  readonly convert: Convert;
  readonly threads: number;
  readonly donated?: Donated | undefined;
}

/**
 * Turns a graph into commands: what depends on weights alone is made apart, everything else shares one arena.
 *
 * @throws MissingKernel
 */
export function planGraph(graph: Graph, { lowerings, convert, threads, donated }: PlanOptions): EnginePlan {
  const nodes = liveNodes(graph);
  for (const node of nodes) if (!Object.hasOwn(lowerings, node.op)) throw new MissingKernel('the engine', node);
  const fixed = fixedNodes({ ...graph, nodes }, isStored);
  const makers = new Map<Value, Node>(
    [...fixed].flatMap((node) => node.outputs.map((value) => [value, node] as const)),
  );
  const isFixed = (value: Value) => isStored(value) || makers.has(value);
  const keyOf = keysOf(makers);
  const main = section();
  const standing = new Map<string, Standing>();
  let here = main;
  let at: Node | undefined;

  const place = (value: Value, layout: Layout, to: Operand): Operand => {
    const known = here.places.get(value) ?? new Map<Layout, Operand>();
    here.places.set(value, known.set(layout, to));
    return to;
  };
  const room = (bytes: number, name: string): Operand => {
    const buffer = { bytes, name };
    here.buffers.add(buffer);
    return { buffer, offset: 0 };
  };
  /** Bytes outside of the arena, made when weights move. */
  const keep = (key: string, bytes: number, name: string, make: (to: Operand) => void): Operand => {
    const known = standing.get(key);
    if (known) return { buffer: known.buffer, offset: 0 };
    const buffer = { bytes, name };
    const [outer, node] = [here, at];
    here = section();
    try {
      make({ buffer, offset: 0 });
      standing.set(key, { key, buffer, section: here, arena: arenaOf(here) });
    } finally {
      [here, at] = [outer, node];
    }
    return { buffer, offset: 0 };
  };
  const lowerNode = (node: Node) => {
    const before = at;
    at = node;
    lowerings[node.op]?.(node, emit);
    at = before;
  };
  const command = (made: Command, makes: Value | undefined = at?.outputs[0]) =>
    here.steps.push({ ...made, place: at?.place ?? '', shape: makes?.shape });

  /** Where a stored value, or what is made of such alone, is while something standing is made. */
  const readFixed = (value: Value): Operand | undefined => {
    const there = here.places.get(value)?.get('plain');
    if (there) return there;
    const maker = makers.get(value);
    if (maker) {
      lowerNode(maker);
      return undefined; // in the layout that its lowering chose
    }
    const to = room(bytesIn(value, 'plain'), value.name);
    here.given.set(value, to);
    return place(value, 'plain', to);
  };

  const emit: Emit = {
    threads,
    layouts: (value) => [...(here.places.get(value)?.keys() ?? (isFixed(value) ? ['plain' as const] : []))],
    read: (value, layout) => {
      const there = here.places.get(value)?.get(layout);
      if (there) return there;
      if (isFixed(value) && here === main) {
        const bytes = bytesIn(value, layout);
        const kept = keep(`${layout} ${keyOf(value)}`, bytes, value.name, (to) => {
          if (isStored(value) && layout === 'plain')
            here.given.set(value, to); // nothing to compute
          else copy(value, emit.read(value, layout), to, bytes);
        });
        return place(value, layout, kept);
      }
      if (isFixed(value) && !here.places.has(value)) {
        readFixed(value);
        return emit.read(value, layout);
      }
      const [other] = here.places.get(value) ?? [];
      if (other === undefined) throw new Error(`engine: ${value.name} is read before it is made`);
      const to = room(bytesIn(value, layout), value.name);
      command(convert(value, other[1], to, layout), value);
      return place(value, layout, to);
    },
    make: (value, layout) => place(value, layout, room(bytesIn(value, layout), value.name)),
    alias: place,
    scratch: (bytes) => room(bytes * threads, 'scratch'),
    derived: (key, of, bytes, make) => {
      if (here === main && of.every(isFixed)) return keep(`${key} ${of.map(keyOf)}`, bytes, key, make);
      const to = room(bytes, key);
      make(to);
      return to;
    },
    constant: (numbers) => {
      const buffer = { bytes: 4 * numbers.length, name: 'constant' };
      here.constants.set(buffer, numbers);
      if (here !== main) here.buffers.add(buffer); // those of what runs every time stay where they are
      return { buffer, offset: 0 };
    },
    command: (made) => command(made),
  };
  const copy = (value: Value, from: Operand, to: Operand, bytes: number) =>
    command({ code: copyBytes, name: `keep ${value.name}`, words: [from, to, bytes] });

  const inputs = [...graph.inputs.values()].map((value) => {
    const to = room(bytesIn(value, 'plain'), value.name);
    main.given.set(value, to);
    return place(value, 'plain', to);
  });
  const tried = new Set<Value>(
    [...graph.outputs].flatMap(([name, value]) => (donated?.ifFinite.has(name) ? [value] : [])),
  );
  let trial = 0;
  for (const node of nodes) {
    if (fixed.has(node)) continue;
    lowerNode(node);
    for (const value of node.outputs)
      if (tried.has(value)) {
        emit.read(value, 'plain');
        trial = main.steps.length;
      }
  }
  at = undefined;
  const values = [...graph.outputs.values()];
  const made = values.map((value) => emit.read(value, 'plain'));
  const own = outsideOf(main, inputs, made, values);
  const pairs = pairsOf(graph.inputs, graph.outputs, donated?.names ?? new Set());
  const given = donate(main, { inputs, outputs: made }, { pairs, from: trial, own });
  const outputs = given.outputs;
  for (const { buffer } of outputs) main.taken.add(buffer);
  const there = new Set([...inputs, ...outputs].map(({ buffer }) => buffer));
  const outside = new Set([...own].filter((buffer) => there.has(buffer)));
  for (const buffer of outside) main.buffers.delete(buffer);
  return {
    graph,
    main,
    arena: arenaOf(main),
    standing: [...standing.values()],
    outside,
    inputs,
    outputs,
    donated: new Set(given.pairs.map(({ input }) => input)),
    trial: { steps: trial, outputs: values.flatMap((value, i) => (tried.has(value) ? [i] : [])) },
  };
}

/** Buffers of inputs, and of outputs that are a buffer of their own: no view, no input, no other output. */
function outsideOf(
  { buffers }: Section,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  values: readonly Value[],
): ReadonlySet<Buffer> {
  const outside = new Set(inputs.map(({ buffer }) => buffer));
  const uses = new Map<Buffer, number>();
  for (const { buffer } of outputs) uses.set(buffer, (uses.get(buffer) ?? 0) + 1);
  const own = outputs.filter(({ buffer, offset }, i) => {
    const value = values[i];
    return (
      value &&
      uses.get(buffer) === 1 &&
      offset === 0 &&
      buffer.bytes === bytesIn(value, 'plain') &&
      !outside.has(buffer)
    );
  });
  for (const { buffer } of own) if (buffers.has(buffer)) outside.add(buffer);
  return outside;
}
