import type { Annotation, Box } from '../core/annotation.ts';
import { caltechIgnore, occlusionOf } from './caltechLabels.ts';
import type { Canvas, Extent } from './scenesCanvas.ts';
import type { Actor } from './scenesCast.ts';
import type { SceneSettings } from './scenesOptions.ts';

/** Objects from the masks: whole extents as they were painted, visible ones from what is left in the picture. */
export function annotate(
  canvas: Canvas,
  extents: ReadonlyMap<Actor, Extent>,
  settings: SceneSettings,
): readonly Annotation[] {
  const seen = visibleExtents(canvas);
  const actors = [...extents].sort(([a], [b]) => a.track - b.track);
  return actors.flatMap(([actor, extent]) => {
    const visible = seen.get(actor.track);
    if (visible === undefined || visible.count < Math.max(6, 0.03 * extent.count)) return []; // nothing to see
    const box = boxOf(extent);
    const part = boxOf(visible);
    const hidden = visible.count < extent.count && part.some((edge, i) => edge !== box[i]);
    const label = labelOf(actor, extent, visible.count / extent.count, settings);
    const ignore = caltechIgnore(label);
    const occlusion = visible.count < extent.count ? occlusionOf(box, part) : 'none';
    return [{ box, ...(hidden && { visible: part }), label, ...(ignore && { ignore }), occlusion, track: actor.track }];
  });
}

function labelOf(actor: Actor, extent: Extent, seen: number, { heights, size, cyclists }: SceneSettings): string {
  if (actor.kind === 'cyclist') return cyclists === 'label' ? 'cyclist' : 'ignore';
  const { full } = extent;
  const whole = (full.right - full.left) * (full.bottom - full.top);
  const inside = (extent.right + 1 - extent.left) * (extent.bottom + 1 - extent.top);
  if (inside < 0.5 * whole || seen < 0.2) return 'ignore'; // more out of the picture than in it, or hardly seen
  if (actor.kind === 'group') return 'people';
  const pixels = full.bottom - full.top;
  return pixels < (0.9 * heights[0] * size[0]) / 480 ? 'person?' : 'person';
}

type Rows = Pick<Extent, 'count' | 'left' | 'top' | 'right' | 'bottom'>;

const boxOf = ({ top, left, bottom, right }: Rows): Box => [top, left, bottom + 1, right + 1];

function visibleExtents({ width, height, owners }: Canvas): ReadonlyMap<number, Rows> {
  const found = new Map<number, { -readonly [Key in keyof Rows]: number }>();
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const owner = owners[at] ?? 0;
      if (owner === 0) continue;
      const rows = found.get(owner) ?? { count: 0, left: x, top: y, right: x, bottom: y };
      if (rows.count === 0) found.set(owner, rows);
      rows.count++;
      rows.left = Math.min(rows.left, x);
      rows.right = Math.max(rows.right, x);
      rows.bottom = y;
    }
  return found;
}
