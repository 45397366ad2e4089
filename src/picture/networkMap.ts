import { escapeText, short, textWidth } from './markup.ts';
import { gridOf } from './networkMapGrid.ts';
import { headingHeight, headings } from './networkMapHeadings.ts';
import type { NetworkMapInput } from './networkMapInput.ts';
import { legendOf } from './networkMapLegend.ts';
import { drawnLine } from './networkMapLines.ts';
import { outputBar } from './networkMapOutputs.ts';
import { planOf, type Spot, sizes } from './networkMapPlan.ts';
import { type Route, routesOf } from './networkMapRoutes.ts';
import { signOf } from './networkMapSigns.ts';
import { unusual, usualSteps } from './networkMapSteps.ts';
import { style } from './networkMapStyle.ts';

export type { NetworkMapInput } from './networkMapInput.ts';

export interface NetworkMapOptions {
  /** Above the map. Default the name that the summary was given; empty for none. */
  readonly title?: string;
}

/**
 * A map of a network as an SVG document: a row for each size of map, the coarsest on top, and from left to right what is
 * made of what. Boxes are blocks, circles are fusions, lines are maps, blue towards coarser and red towards finer ones;
 * a shape stands where it changes. Light or dark as its reader asks, and the size of its text is that of a paper's.
 *
 * `networkMapSvg(summary(detector, [1, 512, 640, 3]))`
 *
 * @throws RangeError for a summary without stations
 */
export function networkMapSvg(summary: NetworkMapInput, { title = summary.root.name }: NetworkMapOptions = {}): string {
  const { flow } = summary;
  if (flow.nodes.every(({ kind }) => kind === 'output'))
    throw new RangeError('networkMapSvg: the summary has no stations; its function does nothing with its input');
  const left = 104;
  const grid = gridOf(flow);
  const tall = headingHeight(flow.nodes, grid);
  const top = title === '' ? tall : tall + 30;
  const plan = planOf(flow, grid, left, top);
  const routes = routesOf(plan, flow.edges);
  const outputs = outputBar(plan, flow);
  const width = Math.max(outputs.right + 16, 420);
  const usual = usualSteps(routes);
  const legend = legendOf(summary, routes, usual, { left: 16, top: plan.bottom + 18, right: width - 16 });
  const height = legend.bottom + 10;
  const tiers = headings(flow.nodes, plan, top);
  const about = `${title || summary.root.name}: ${flow.nodes.filter(({ kind }) => kind === 'block').length} blocks, ${flow.nodes.filter(({ kind }) => kind === 'fusion').length} fusions of maps`;

  const lanes = plan.rowY.map((y) => `<path class="lane" d="M${left - 8} ${short(y)}H${short(plan.right - 8)}"/>`);
  const rows = plan.grid.rows.map(({ height: h, width: w, names }, i) => {
    const y = plan.rowY[i] ?? 0;
    const name = names.join(' ');
    const size =
      h === 0
        ? ''
        : `<text class="soft" x="16" y="${short(y + (name ? 13 : 4))}" font-size="${sizes.small}">${h}×${w}${strideText(flow, h)}</text>`;
    return `${name ? `<text x="16" y="${short(y - 1)}" font-size="13" font-weight="600">${escapeText(name)}</text>` : ''}${size}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pyramidion-map" viewBox="0 0 ${short(width)} ${short(height)}" width="${short(width)}" height="${short(height)}" font-family="system-ui,'Helvetica Neue',Arial,sans-serif" role="img" aria-label="${escapeText(about)}">
<style>${style}</style>
<rect class="paper" width="100%" height="100%"/>
${title ? `<text x="16" y="28" font-size="16" font-weight="600">${escapeText(title)}</text>` : ''}
${tiers}
${lanes.join('')}
${rows.join('\n')}
${[...routes]
  .sort((a, b) => Number(b.skips) - Number(a.skips))
  .map(line)
  .join('\n')}
${outputs.markup}
${plan.spots.map((spot) => (spot ? drawn(spot, groupNumber(flow.nodes, spot)) : '')).join('\n')}
${routes
  .filter((route) => unusual(route, usual) !== '')
  .map(mark)
  .join('')}
${plan.spots
  .map((spot, i) =>
    spot
      ? labelled(
          spot,
          routes.filter(({ way }) => way.from === i),
          outputs.reads(i),
        )
      : '',
  )
  .join('\n')}
${legend.markup}
</svg>`;
}

/** Stride of a size of map, where it is a whole number. */
function strideText({ nodes }: NetworkMapInput['flow'], height: number): string {
  const input = nodes.find(({ kind, shape }) => kind === 'input' && shape.length === 4);
  const stride = Math.round((input?.shape[1] ?? height) / height);
  return stride > 1 ? ` · 1/${stride}` : '';
}

/** Colours go by the first step of the place, where several stations share it. */
function groupNumber(nodes: NetworkMapInput['flow']['nodes'], { node }: Spot): number {
  if (node.place === '') return 9;
  const steps = nodes.filter(({ place }) => place !== '').map(({ place }) => place.split('/')[0]);
  const shared = [...new Set(steps)].filter((step) => steps.indexOf(step) !== steps.lastIndexOf(step));
  return Math.max(0, shared.indexOf(node.place.split('/')[0])) % 4;
}

/** With a dot where it turns off another. */
const line = (route: Route): string => {
  const { direction, corner, skips } = route;
  const dot = corner
    ? `<circle class="head ${direction}" cx="${short(corner[0])}" cy="${short(corner[1])}" r="2.6"/>`
    : '';
  return dot + drawnLine(route, skips ? 'skip' : direction);
};

/** A sign on a line on which something happens that is not usual for its direction. */
const mark = ({ sign: [x, y] }: Route): string =>
  `<rect class="mark" x="${short(x - 3)}" y="${short(y - 3)}" width="6" height="6"/>`;

function drawn({ node, x, y, width, height, lines }: Spot, group: number): string {
  const centred = (text: string, at: number, size: number, soft = false) =>
    `<text${soft ? ' class="soft"' : ''} x="${short(x)}" y="${short(at)}" text-anchor="middle" font-size="${size}">${escapeText(text)}</text>`;
  if (node.kind === 'fusion')
    return `<circle class="station g${group}" cx="${short(x)}" cy="${short(y)}" r="${sizes.radius}"/>${centred(signOf(node), y + 4.5, 13)}`;
  const [first = '', second] = lines;
  const text =
    second === undefined
      ? centred(first, y + 4, textWidth(first) > 14 ? sizes.small : sizes.title - 1)
      : centred(first, y - 2, sizes.title) + centred(second, y + 11, sizes.small, true);
  return `<rect class="station g${group}" x="${short(x - width / 2)}" y="${short(y - height / 2)}" width="${short(width)}" height="${short(height)}" rx="5"/>${text}`;
}

/**
 * The shape of what a station gives, of an input what happens to it first: below the line that leaves it to the right, else
 * beside the one that leaves it upwards or downwards.
 */
function labelled({ label, x, y, width, height }: Spot, leaving: readonly Route[], toOutput: boolean): string {
  if (label === '') return '';
  const sideways =
    toOutput || leaving.every(({ skips }) => skips) || leaving.some(({ start }) => start[0] > x + width / 2 - 1);
  const down = leaving.some(({ direction }) => direction === 'down');
  const [left, base] = sideways
    ? [x + width / 2 + 5, y + 12.5]
    : [x + 6, down ? y + height / 2 + 17 : y - height / 2 - 10];
  return `<text class="label" x="${short(left)}" y="${short(base)}" font-size="${sizes.label}">${escapeText(label)}</text>`;
}
