import type { Box } from '../core/annotation.ts';
import { short } from './markup.ts';

/** What a box in a drawing says. */
export type Kind = 'hit' | 'false' | 'missed' | 'truth' | 'ignored' | 'uncounted';

/** `#rrggbb` each. */
export interface Paint {
  readonly colour: string;
  /** Letters on the label. */
  readonly ink: string;
}

export interface Look extends Paint {
  /** Before a label's text: kinds are told apart without colour vision too. */
  readonly mark: string;
  /** Of the line, at scale 1; pixels. */
  readonly width: number;
  /** Line and gap, at scale 1; pixels. */
  readonly dash?: readonly [line: number, gap: number];
  readonly means: string;
}

/** From the bottom. */
export const order: readonly Kind[] = ['ignored', 'uncounted', 'truth', 'missed', 'false', 'hit'];

export const looks: Record<Kind, Look> = {
  hit: { colour: '#35f27c', ink: '#04140a', mark: '', width: 2, means: 'found' },
  false: { colour: '#ff4b4b', ink: '#1c0000', mark: '× ', width: 2, means: 'false' },
  missed: { colour: '#ff7bf0', ink: '#220020', mark: '', width: 2.2, dash: [6, 3], means: 'missed' },
  truth: { colour: '#ffffff', ink: '#000000', mark: '', width: 1.1, dash: [3, 2.5], means: 'object' },
  ignored: { colour: '#ffc83d', ink: '#201600', mark: '', width: 1.1, means: 'ignored region' },
  uncounted: { colour: '#c8ccd2', ink: '#16181a', mark: '', width: 1.1, means: 'counts neither way' },
};

/** What the kinds that are drawn in some SVG mean: HTML list items. */
export const keyItems = (drawings: readonly string[]): string[] =>
  order
    .filter((kind) => drawings.some((svg) => svg.includes(kindAttribute(kind))))
    .toReversed()
    .map(
      (kind) =>
        `<li><svg width="26" height="18" fill="none">${outline([3, 3, 15, 23], kind, 1, looks[kind].colour)}</svg>${looks[kind].means}</li>`,
    );

const kindAttribute = (kind: Kind) => `data-kind="${kind}"`;

/** A box's lines, on dark ones that are wider. */
export function outline(box: Box, kind: Kind, scale: number, colour: string): string {
  const { width, dash } = looks[kind];
  const [y1, x1, y2, x2] = box;
  const [wide, tall] = [Math.max(0, x2 - x1), Math.max(0, y2 - y1)];
  const place = `x="${short(x1)}" y="${short(y1)}" width="${short(wide)}" height="${short(tall)}"`;
  const dashes = dash ? ` stroke-dasharray="${dash.map((length) => short(length * scale)).join(' ')}"` : '';
  return `<rect ${place} stroke="#000" stroke-opacity=".6" stroke-width="${short((width + 1.4) * scale)}"/>${
    kind === 'ignored' ? hatch([y1, x1, y1 + tall, x1 + wide], colour, scale) : ''
  }<rect ${kindAttribute(kind)} ${place} stroke="${colour}" stroke-width="${short(width * scale)}"${dashes}/>`;
}

/** Slanted lines that end at the box's edges; no pattern, whose name two drawings in a page would share. */
function hatch([y1, x1, y2, x2]: Box, colour: string, scale: number): string {
  const step = Math.max(8 * scale, (y2 - y1 + x2 - x1) / 400);
  const lines: string[] = [];
  for (let at = step; at < y2 - y1 + x2 - x1; at += step) {
    const [fromX, fromY] = [Math.max(x1, x1 + at - (y2 - y1)), Math.min(y2, y1 + at)];
    const [toX, toY] = [Math.min(x2, x1 + at), Math.max(y1, y1 + at - (x2 - x1))];
    lines.push(`M${short(fromX)} ${short(fromY)}L${short(toX)} ${short(toY)}`);
  }
  const d = lines.join('');
  return `<path d="${d}" stroke="#000" stroke-opacity=".35" stroke-width="${short(2.4 * scale)}"/><path d="${d}" stroke="${colour}" stroke-opacity=".8" stroke-width="${short(scale)}"/>`;
}
