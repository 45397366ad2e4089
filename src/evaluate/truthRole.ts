import type { Annotation, Box } from '../core/annotation.ts';
import type { Protocol } from './protocol.ts';

/** What an object is under a protocol: `region` is ignored and measured by the part of a detection in it. */
export type TruthRole = 'counts' | 'ignored' | 'region' | 'dropped';

/** Corners are sums: a height of 50 may come back as 49.99999999999999. Pixels, and shares. */
export const near = 1e-9;

const whole = Number.POSITIVE_INFINITY;

/** The role of an object; heights and bounds are of the box given, which is the annotation's after any cut. */
export function truthRole(truth: Annotation, box: Box, protocol: Protocol): TruthRole {
  const { labels, ignored, rules } = protocol;
  const listed = labels.includes(truth.label) || ignored.includes(truth.label);
  if (!listed && (truth.ignore === undefined || rules?.unlisted === 'dropped')) return 'dropped';
  if (truth.ignore === undefined && labels.includes(truth.label) && fits(truth, box, protocol)) return 'counts';
  if (rules?.regions !== undefined && !rules.regions.includes(truth.label)) return 'ignored';
  return rules?.droppedTags?.some((tag) => truth.tags?.includes(tag)) ? 'dropped' : 'region';
}

function fits(truth: Annotation, box: Box, { height, visible, bounds, aspect, rules }: Protocol): boolean {
  const [y1, x1, y2, x2] = box;
  const tall = y2 - y1;
  if (tall < height[0] - near || !below(tall, height[1], rules?.greatestHeight === 'included')) return false;
  if (y1 < bounds[0] - near || x1 < bounds[1] - near || y2 > bounds[2] + near || x2 > bounds[3] + near) return false;
  const share = rules?.visibility === 'bbLoad' ? seenByBbLoad(truth) : seen(truth);
  if (!(share >= visible[0] - near && share <= visible[1] + near)) return false; // nor one of no area
  if (rules === undefined) return true;
  const off = Math.abs((x2 - x1) / tall - (aspect ?? 0.41));
  if (rules.aspectOff && !(off > rules.aspectOff[0] && off < rules.aspectOff[1])) return false;
  if (rules.occlusion && !rules.occlusion.includes(truth.occlusion ?? 'none')) return false;
  return within(percent(truth, 'occluded>'), rules.occluded) && within(percent(truth, 'truncated>'), rules.truncated);
}

const below = (value: number, limit: number, included: boolean) =>
  included ? value <= limit + near : value < limit - near || limit === whole;

const within = (value: number, range: readonly [number, number] | undefined) =>
  range === undefined || (value >= range[0] && value < range[1]);

const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);

const seen = ({ box, visible }: Annotation) => (visible === undefined ? whole : area(visible) / area(box));

/** @see bbGt.m 3.26, bbLoad: vRng */
function seenByBbLoad({ box, visible, occlusion }: Annotation): number {
  if (visible === undefined || occlusion === 'none') return 1;
  return visible.every((edge, i) => edge === box[i]) ? 0 : area(visible) / area(box);
}

/** The number of a tag such as `occluded>40`, the greatest of several; 0 without one. */
function percent({ tags = [] }: Annotation, start: string): number {
  let most = 0;
  for (const tag of tags) if (tag.startsWith(start)) most = Math.max(most, Number(tag.slice(start.length)) || 0);
  return most;
}
