import { escapeText, short, textWidth } from './markup.ts';
import type { NetworkMapInput } from './networkMapInput.ts';
import { broken, drawnLine } from './networkMapLines.ts';
import { times } from './networkMapPlan.ts';
import type { Direction, Route } from './networkMapRoutes.ts';
import { signOf } from './networkMapSigns.ts';
import { type Usual, unusual } from './networkMapSteps.ts';

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
}

/** What circles and lines mean, in as many lines as the width asks for, and the model in numbers. */
export function legendOf(
  summary: NetworkMapInput,
  routes: readonly Route[],
  usual: Usual,
  { left, top, right }: Frame,
) {
  const { nodes } = summary.flow;
  const lines = (direction: Direction, name: string) => {
    const own = routes.filter((route) => route.direction === direction && !route.fromInput);
    const steps = usual.get(direction)?.join(', ');
    const bare = own.some(({ way }) => way.steps.length === 0); // a block makes the map coarser itself
    const text = steps ? (bare ? `${name}; ${steps} where it enters a circle` : `${name}: ${steps}`) : name;
    return own.length > 0 ? [{ sign: arrow(direction), text }] : [];
  };
  const marked = new Set(routes.map((route) => unusual(route, usual)).filter((text) => text !== ''));
  const fusions = new Map(
    nodes.filter(({ kind }) => kind === 'fusion').map((node) => [node.steps.join(), node] as const),
  );
  const items = [
    ...[...fusions.values()].map((node) => ({
      sign: `<circle class="station" cx="9" cy="-4" r="8"/><text x="9" y="0" text-anchor="middle" font-size="10">${escapeText(signOf(node))}</text>`,
      text: times(node.steps.length > 0 ? node.steps.join(', then ') : 'joins its inputs'),
    })),
    ...lines('up', 'to a coarser map'),
    ...lines('down', 'to a finer map'),
    ...(marked.size > 0
      ? [{ sign: '<rect class="mark" x="5.5" y="-7.5" width="7" height="7"/>', text: [...marked].join(' or ') }]
      : []),
  ];
  const parts: string[] = [];
  let [x, y] = [left, top + 12];
  for (const { sign, text } of items) {
    const shown = times(text);
    const wide = 26 + textWidth(shown) * 11;
    if (x > left && x + wide > right) [x, y] = [left, y + 20];
    parts.push(
      `<g transform="translate(${short(x)} ${short(y)})">${sign}<text x="24" y="0" font-size="11">${escapeText(shown)}</text></g>`,
    );
    x += wide + 20;
  }
  const { parameters, macs, memory } = summary;
  const numbers = `${scaled(parameters, '')} parameters · ${scaled(macs, '')} multiply-adds · ${scaled(memory.peakBytes, 'B')} of maps at most`;
  y += items.length > 0 ? 22 : 0;
  parts.push(`<text class="soft" x="${short(left)}" y="${short(y)}" font-size="11">${escapeText(numbers)}</text>`);
  return { markup: parts.join('\n'), bottom: y + 6 };
}

const arrow = (direction: Direction): string => {
  const [top, bottom, left, right] = [
    [9, -13],
    [9, 3],
    [0, -4],
    [18, -4],
  ] as const;
  const ends = { up: [bottom, top], down: [top, bottom], level: [left, right] } as const;
  return drawnLine(broken(ends[direction]), direction);
};

/** 21.7 M of 21,650,042. */
function scaled(value: number, unit: string): string {
  const scale = [
    { name: 'G', of: 1e9 },
    { name: 'M', of: 1e6 },
    { name: 'k', of: 1e3 },
  ].find(({ of }) => value >= of);
  return scale ? `${Number((value / scale.of).toPrecision(3))} ${scale.name}${unit}` : `${value} ${unit}`.trim();
}
