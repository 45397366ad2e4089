import { writeFileSync } from 'node:fs';
import { mbConv, simplify, trace } from 'pyramidion';
import { fusions } from '../src/engine/fuse/fusions.ts';
import { convert } from '../src/engine/lower/layouts.ts';
import { lowerings } from '../src/engine/lower/lowerings.ts';
import type { Buffer } from '../src/engine/plan/emit.ts';
import { type EnginePlan, planGraph } from '../src/engine/plan/planner.ts';
import { buffersOf, type Step } from '../src/engine/plan/section.ts';
import { fixedNodes, isStored } from '../src/trace/fixed.ts';
import { fuseSwish } from '../src/trace/fuseSwish.ts';
import { type Graph, inputsOf, type Node } from '../src/trace/graph.ts';

const shape = [1, 32, 32, 16] as const;
const width = 1000;
const row = 24;
const columns = { traced: { x: 16, w: 270 }, fused: { x: 350, w: 250 }, commands: { x: 664, w: 320 } };
const fills = ['#dbe9f6', '#e2f0d9', '#fdebd0', '#eadcf4', '#f9dede'];
const strokes = ['#3b78b3', '#5a9a3c', '#c98a1b', '#8455a8', '#c25555'];

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const text = (x: number, y: number, words: string, style = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${style && ` ${style}`}>${escaped(words)}</text>`;
const box = (x: number, y: number, w: number, h: number, colour: number | undefined) =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${w.toFixed(1)}" height="${h.toFixed(1)}" rx="4" ` +
  `fill="${colour === undefined ? '#f1f1f1' : fills[colour]}" stroke="${colour === undefined ? '#999' : strokes[colour]}"/>`;
/** A band from one box's right side to another one's left side. */
const band = (from: readonly number[], to: readonly number[], colour: number | undefined) => {
  const [x0 = 0, top0 = 0, bottom0 = 0] = from;
  const [x1 = 0, top1 = 0, bottom1 = 0] = to;
  const middle = (x0 + x1) / 2;
  return (
    `<path d="M${x0} ${top0}C${middle} ${top0} ${middle} ${top1} ${x1} ${top1}V${bottom1}C${middle} ${bottom1} ${middle} ${bottom0} ${x0} ${bottom0}Z" ` +
    `fill="${colour === undefined ? '#ccc' : strokes[colour]}" opacity="0.18"/>`
  );
};
const plain = (name: string) =>
  name.replace(/^Pyramidion|^Engine/, '').replace('DepthwiseConv2dNative', 'DepthwiseConv2D');
const kilobytes = (bytes: number) => (bytes === 0 ? '0' : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`);

/** For each traced kernel the node that it became a part of: the first on the way to the output that both graphs have. */
function becameOf(traced: Graph, fused: Graph): ReadonlyMap<Node, Node> {
  const made = new Map(fused.nodes.flatMap((node) => node.outputs.map((value) => [value.name, node] as const)));
  const found = new Map<Node, Node>();
  for (const node of traced.nodes.toReversed()) {
    const own = node.outputs.map(({ name }) => made.get(name)).find((one) => one !== undefined);
    const reader = traced.nodes.find((other) => inputsOf(other).some((value) => node.outputs.some((o) => o === value)));
    const one = own ?? (reader && found.get(reader));
    if (one) found.set(node, one);
  }
  return found;
}

/** First and last command that needs a buffer of the arena. */
function spansOf({ main, arena }: EnginePlan): ReadonlyMap<Buffer, readonly [first: number, last: number]> {
  const spans = new Map<Buffer, [number, number]>();
  for (const { buffer } of main.given.values()) spans.set(buffer, [0, 0]);
  for (const [i, step] of main.steps.entries())
    for (const buffer of buffersOf(step)) {
      const span = spans.get(buffer);
      if (span) span[1] = i;
      else spans.set(buffer, [i, i]);
    }
  for (const buffer of main.taken) {
    const span = spans.get(buffer);
    if (span) span[1] = main.steps.length - 1;
  }
  return new Map([...spans].filter(([buffer]) => arena.offsets.has(buffer)));
}

/** Draws docs/engine.svg: what becomes of one MBConv, from its trace to the bytes that it runs in. */
export async function run(): Promise<void> {
  const block = mbConv({ filters: 16, expand: 6, kernel: 3, stride: 1, squeeze: 4 });
  const traced = trace(block, shape);
  const fused = [fuseSwish, ...fusions].reduce((graph, pass) => pass(graph), simplify(traced));
  const plan = planGraph(fused, { lowerings, convert, threads: 1 });
  const fixed = fixedNodes(fused, isStored);
  const nodes = fused.nodes.filter((node) => !fixed.has(node));
  const colourOf = (node: Node | undefined) =>
    node && nodes.includes(node) ? nodes.indexOf(node) % fills.length : undefined;
  const became = becameOf(traced, fused);
  const out: string[] = [];
  const heading = (x: number, words: string, under: string) =>
    out.push(text(x, 24, words, 'class="head"'), text(x, 42, under, 'class="under"'));

  // 1. The trace
  const top = 58;
  heading(columns.traced.x, 'Traced', `${traced.nodes.length} kernels of one MBConv`);
  const spotOf = (i: number) => top + i * row;
  for (const [i, node] of traced.nodes.entries()) {
    out.push(box(columns.traced.x, spotOf(i), columns.traced.w, row - 5, colourOf(became.get(node))));
    out.push(text(columns.traced.x + 8, spotOf(i) + 13.5, plain(node.op)));
    out.push(
      text(
        columns.traced.x + columns.traced.w - 8,
        spotOf(i) + 13.5,
        `[${node.outputs[0]?.shape.join(', ')}]`,
        'class="small end"',
      ),
    );
  }
  const bottom = spotOf(traced.nodes.length);

  // 2. After the passes
  heading(columns.fused.x, 'Fused', `${nodes.length} nodes; ${fixed.size} over weights alone stand`);
  const places = new Map<Node, readonly [top: number, bottom: number]>();
  for (const node of nodes) {
    const own = [...traced.nodes.entries()].filter(([, other]) => became.get(other) === node).map(([i]) => i);
    const [first, last] = [spotOf(Math.min(...own)), spotOf(Math.max(...own)) + row - 5];
    const middle = (first + last) / 2;
    const at = [middle - 20, middle + 20] as const;
    places.set(node, at);
    out.push(band([columns.traced.x + columns.traced.w, first, last], [columns.fused.x, ...at], colourOf(node)));
    out.push(box(columns.fused.x, at[0], columns.fused.w, 40, colourOf(node)));
    out.push(text(columns.fused.x + 8, middle - 4, plain(node.op), 'class="strong"'));
    const [made] = node.outputs;
    out.push(text(columns.fused.x + 8, middle + 12, `[${made?.shape.join(', ')}]  ${node.place}`, 'class="small"'));
  }

  // 3. Commands
  const { steps } = plan.main;
  const nodeOf = (step: Step) => nodes.find(({ place }) => place === step.place);
  heading(columns.commands.x, 'Commands', 'run in this order by one call');
  const tall = (bottom - top) / steps.length;
  for (const [i, step] of steps.entries()) {
    const [y, node] = [top + i * tall, nodeOf(step)];
    const at = node && places.get(node);
    if (at) {
      const own = steps.filter((other) => nodeOf(other) === node);
      const part = (at[1] - at[0]) / own.length;
      const from = at[0] + own.indexOf(step) * part;
      const right = columns.fused.x + columns.fused.w;
      out.push(band([right, from, from + part], [columns.commands.x, y, y + tall - 8], colourOf(node)));
    }
    out.push(box(columns.commands.x, y, columns.commands.w, tall - 8, colourOf(node)));
    const fusedText = step.fused?.length ? `  ${step.fused.join(', ')}` : '';
    out.push(text(columns.commands.x + 8, y + tall / 2 - 8, `${i + 1}  ${step.name}`, 'class="strong"'));
    out.push(
      text(columns.commands.x + 24, y + tall / 2 + 8, `[${step.shape?.join(', ')}]${fusedText}`, 'class="small"'),
    );
  }

  // 4. The arena: commands from left to right, addresses upwards
  const arenaTop = bottom + 66;
  const arenaHeight = 250;
  const [left, right] = [76, width - 16];
  const cell = (right - left) / steps.length;
  const standing = plan.standing.reduce((sum, { buffer }) => sum + buffer.bytes, 0);
  out.push(text(16, bottom + 28, 'Arena', 'class="head"'));
  out.push(
    text(
      16,
      bottom + 46,
      `${kilobytes(plan.arena.bytes)} while the commands run, shared with all other plans; input and result lie beside it, and ${kilobytes(standing)} of folded and packed weights`,
      'class="under"',
    ),
  );
  const y = (bytes: number) => arenaTop + arenaHeight * (1 - bytes / plan.arena.bytes);
  for (let i = 0; i <= steps.length; i++)
    out.push(
      `<line x1="${(left + i * cell).toFixed(1)}" y1="${arenaTop}" x2="${(left + i * cell).toFixed(1)}" y2="${arenaTop + arenaHeight}" stroke="#ddd"/>`,
    );
  for (const [i, step] of steps.entries())
    out.push(
      text(left + (i + 0.5) * cell, arenaTop + arenaHeight + 16, `${i + 1}  ${step.name}`, 'class="small middle"'),
    );
  for (const bytes of [0, plan.arena.bytes])
    out.push(text(left - 8, y(bytes) + 4, kilobytes(bytes), 'class="small end"'));
  const makers = new Map<Buffer, Step>();
  for (const step of steps) for (const buffer of buffersOf(step)) if (!makers.has(buffer)) makers.set(buffer, step);
  for (const [buffer, [first, last]] of spansOf(plan)) {
    const offset = plan.arena.offsets.get(buffer) ?? 0;
    const height = Math.max(2.5, y(offset) - y(offset + buffer.bytes));
    const maker = makers.get(buffer);
    const wide = (last - first + 1) * cell - 4;
    out.push(box(left + first * cell + 2, y(offset) - height, wide, height, maker && colourOf(nodeOf(maker))));
    if (height < 14) continue;
    const parts = buffer.name.split('/');
    const name = parts.length > 1 ? parts.slice(0, -1).join('/') : buffer.name;
    const label = `${name}, ${kilobytes(buffer.bytes)}`;
    out.push(text(left + first * cell + 2 + wide / 2, y(offset) - height / 2 + 4, label, 'class="small middle"'));
  }

  const height = arenaTop + arenaHeight + 32;
  const style =
    'text{font:12px system-ui,sans-serif;fill:#222}.head{font-size:16px;font-weight:600}.under{fill:#666}' +
    '.strong{font-weight:600}.small{font-size:11px;fill:#555}.end{text-anchor:end}.middle{text-anchor:middle}';
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height.toFixed(0)}" role="img" ` +
    `aria-label="An MBConv: traced kernels, fused nodes, commands, and the arena over time">\n<style>${style}</style>\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${out.join('\n')}\n</svg>\n`;
  writeFileSync(new URL('../docs/engine.svg', import.meta.url), svg);
  console.log(`docs/engine.svg: ${traced.nodes.length} kernels, ${nodes.length} nodes, ${steps.length} commands`);
}
