import { stem } from '../commands/codes.ts';
import type { Geometry } from '../geometry.ts';
import type { Emit } from '../plan/emit.ts';
import { type Convolution, fusedOf } from './convolutionNode.ts';
import { rowPanelsOf } from './convolutionPanels.ts';
import { listBytes, sumsBytes, traffic } from './convolutionPointwise.ts';
import { geometryWords, nameOf, rowsOfStrip } from './convolutionStrips.ts';

const stripBytes = 192 << 10;

/** Rows of the filter [kh * kw * in, out] in the order in which the kernel lays the numbers of a pixel; -1 is a row of zeros. */
export function stemRows({ kernelHeight, kernelWidth, inChannels }: Geometry): readonly number[] {
  const run = kernelWidth * inChannels;
  const whole = 8 * Math.floor(run / 8);
  const lines = Array.from({ length: kernelHeight }, (_, ky) => Array.from({ length: run }, (_, e) => ky * run + e));
  const rows = [...lines.flatMap((line) => line.slice(0, whole)), ...lines.flatMap((line) => line.slice(whole))];
  return [...rows, ...new Array<number>((8 - (rows.length % 8)) % 8).fill(-1)];
}

/** A convolution of few channels, an image's, that are read as they came. */
export function lowerStem(
  { x, filter, y, bias, geometry, activation, residual, madds }: Convolution,
  emit: Emit,
): void {
  const { outChannels, outWidth } = geometry;
  const order = stemRows(geometry);
  const rows = order.map((row) => (row < 0 ? -1 : row * outChannels));
  const panels = rowPanelsOf(filter, `stem ${filter.shape}`, rows, outChannels, emit);
  const groups = order.length / 8;
  const high = rowsOfStrip(geometry, Math.floor(stripBytes / (32 * groups * outWidth)), emit.threads);
  const bytes = listBytes(groups) + sumsBytes + groups * (32 * high * outWidth + 64);
  const from = emit.read(x, 'plain');
  const added = residual && emit.read(residual, 'blocked');
  const to = emit.make(y, 'blocked');
  emit.command({
    code: stem,
    name: `${nameOf(geometry)} of few channels`,
    words: [
      ...[from, panels, bias, to],
      ...geometryWords(geometry),
      ...[activation.kind, activation.slopes, added, emit.scratch(bytes), bytes, high],
    ],
    madds,
    traffic: traffic([x, filter, y, ...(residual ? [residual] : [])]),
    fused: fusedOf(activation, residual),
  });
}
