import { describe, expect, it } from 'vitest';
import { fromBlocked, toBlocked } from '../../src/engine/commands/codes.ts';
import type { Emit, Lowerings } from '../../src/engine/plan/emit.ts';
import type { InputValue, Node, ResultValue } from '../../src/trace/graph.ts';
import { drawing, runByHand } from './plainRun.ts';

/** Blocks a map and writes it back to channels `at` and on of rows of `wide` channels. */
const through = (at: number, wide: number): Lowerings => ({
  Through: (node: Node, emit: Emit) => {
    const [x, y] = [Object.values<InputValue>(node.inputs as { x: InputValue })[0], node.outputs[0]];
    if (!x || !y) throw new Error('Through has one input and one output');
    const [images = 1, h = 1, w = 1, c = 1] = x.shape;
    const blocked = emit.scratch(32 * Math.ceil(c / 8) * images * h * w);
    const from = emit.read(x, 'plain');
    const to = emit.make(y, 'plain');
    const words = [images, h * w, c];
    emit.command({ code: toBlocked, name: 'to blocked', words: [from, blocked, ...words, 4 * c, 4 * c * h * w] });
    emit.command({
      code: fromBlocked,
      name: 'to plain',
      words: [{ ...to, offset: 4 * at }, blocked, ...words, 4 * wide, 4 * wide * h * w],
    });
  },
});

describe('layouts', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 19])('keep %i channels, and leave those beside them alone', (channels) => {
    const { floats } = drawing('layout', channels);
    const given = floats([2, 5, 9, channels]);
    const [at, wide] = [3, channels + 5];
    const x: InputValue = { kind: 'input', name: 'x', shape: given.shape, dtype: 'float32' };
    const y: ResultValue = { kind: 'result', name: 'y', shape: [2, 5, 9, wide], dtype: 'float32' };
    const node: Node = { op: 'Through', inputs: { x }, attrs: {}, outputs: [y], place: '' };
    for (const { made, build } of runByHand(through(at, wide), [node], new Map([[x, given]]), 3)) {
      const rows = Array.from({ length: 90 }, (_, i) => [...(made[0] ?? []).slice(i * wide, (i + 1) * wide)]);
      const wanted = rows.map((_, i) => [
        ...new Array(at).fill(Number.NaN), // what was there
        ...Array.from(given.numbers).slice(i * channels, (i + 1) * channels),
        ...new Array(wide - at - channels).fill(Number.NaN),
      ]);
      expect(rows, build).toEqual(wanted);
    }
  });
});
