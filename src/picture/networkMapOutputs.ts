import { escapeText, short, textWidth } from './markup.ts';
import type { NetworkMapInput } from './networkMapInput.ts';
import { across, broken, drawnLine } from './networkMapLines.ts';
import { type Plan, type Spot, shapeText, sizes } from './networkMapPlan.ts';

interface OutputBar {
  readonly markup: string;
  readonly right: number;
  /** Whether a station's map goes into it. */
  readonly reads: (station: number) => boolean;
}

/** All outputs as one bar at the right, as tall as the rows that go into it; their names and shapes are in it. */
export function outputBar(plan: Plan, { nodes, edges }: NetworkMapInput['flow']): OutputBar {
  const given = edges.filter(({ to }) => nodes[to]?.kind === 'output');
  const sources = [...new Set(given.map(({ from }) => from))];
  const spots = sources.map((i) => plan.spots[i]).filter((spot) => spot !== undefined);
  const outputs = nodes.filter(({ kind }) => kind === 'output');
  if (spots.length === 0) return { markup: '', right: plan.right, reads: () => false };

  const shown = outputs.slice(0, outputs.length > 8 ? 7 : 8);
  const rest = outputs.length - shown.length;
  const lines = shown.flatMap(({ name, shape }, i) => [
    { text: name, soft: false, gap: i === 0 ? 0 : 8 },
    { text: shapeText(shape) || 'scalar', soft: true, gap: 0 },
  ]);
  if (rest > 0) lines.push({ text: `and ${rest} more`, soft: true, gap: 8 });
  const textHeight = lines.reduce((sum, { gap }) => sum + 14 + gap, 0);
  const width = Math.max(64, ...lines.map(({ text }) => textWidth(text) * sizes.title + 16));
  const tall = textHeight + 14;
  const [least, most] = [Math.min(...spots.map(({ y }) => y)), Math.max(...spots.map(({ y }) => y))];
  const height = Math.max(tall, most - least + 34);
  const middle = Math.min((least + most) / 2, Math.max(plan.bottom, plan.top + height) - height / 2);
  const left = plan.right;
  const bar = { x: left + width / 2, width };

  const column = plan.grid.columns;
  const blocked = ({ cell }: Spot) => {
    for (let c = cell.column + 1; c < column; c++) if (plan.grid.slots(cell.row, c) > 0) return true;
    return false;
  };
  const ways = spots.map((spot) => {
    // Past what stands in the way, between the rows.
    const lane = spot.y + (plan.rowHeight[spot.cell.row] ?? 0) / 2 - 6;
    const end = Math.min(middle + height / 2 - 8, Math.max(middle - height / 2 + 8, blocked(spot) ? lane : spot.y));
    const right = spot.x + spot.width / 2;
    const line = blocked(spot)
      ? broken([
          [right, spot.y],
          [right + 8, spot.y],
          [right + 8, lane],
          [left - 10, lane],
          [left - 10, end],
          [left, end],
        ])
      : across(spot, { ...bar, y: end });
    return drawnLine(line, 'level');
  });
  let y = middle - textHeight / 2 - 3;
  const text = lines.map(({ text, soft, gap }) => {
    y += 14 + gap;
    return `<text${soft ? ' class="soft"' : ''} x="${short(bar.x)}" y="${short(y)}" text-anchor="middle" font-size="${soft ? sizes.small : sizes.title}">${escapeText(text)}</text>`;
  });
  const box = `<rect class="station g9" x="${short(left)}" y="${short(middle - height / 2)}" width="${short(width)}" height="${short(height)}" rx="5"/>`;
  return { markup: `${ways.join('\n')}${box}${text.join('')}`, right: left + width, reads: (i) => sources.includes(i) };
}
