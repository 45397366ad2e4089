import type { Annotation } from '../core/annotation.ts';
import { type CaltechLabelOptions, caltechAnnotation } from './caltechLabels.ts';
import { pixelsOfBox } from './pixelBox.ts';
import type { Vbb, VbbBox, VbbObject } from './vbb.ts';

/**
 * The objects of one frame, from 0; `track` is the object's id.
 *
 * @throws RangeError for a frame that is not there
 */
export function vbbAnnotations(vbb: Vbb, frame: number, options: CaltechLabelOptions = {}): readonly Annotation[] {
  const boxes = vbb.frames[frame];
  if (boxes === undefined)
    throw new RangeError(`vbbAnnotations: frame ${frame} is not there; there are ${vbb.frames.length}, from 0 on`);
  const labels = labelsOf(vbb);
  return boxes.flatMap(({ id, pos, posv, occl }) => {
    const object = { label: labels.get(id) ?? '', pos, posv, occluded: occl, track: id };
    return caltechAnnotation(object, options) ?? [];
  });
}

const known = new WeakMap<Vbb, ReadonlyMap<number, string>>();

/** Labels by id, made once for a file. */
function labelsOf(vbb: Vbb): ReadonlyMap<number, string> {
  const made = known.get(vbb) ?? new Map(vbb.objects.map(({ id, label }) => [id, label]));
  known.set(vbb, made);
  return made;
}

/**
 * A `.vbb` of the annotations of a video's frames. An object of the file is one run of frames with one label: a track that
 * pauses, or whose label changes, becomes several.
 */
export function vbbOf(frames: readonly (readonly Annotation[])[]): Vbb {
  const objects: VbbObject[] = [];
  let running = new Map<string, VbbObject>();
  const boxes = frames.map((annotations, f): VbbBox[] => {
    const next = new Map<string, VbbObject>();
    const list = annotations.map((annotation): VbbBox => {
      const { label, track } = annotation;
      const key = track === undefined ? undefined : `${track} ${label}`;
      const before = key === undefined || next.has(key) ? undefined : running.get(key);
      const id = before?.id ?? objects.length + 1;
      const object = { id, label, start: before?.start ?? f + 1, end: f + 1, hide: false };
      objects[id - 1] = object;
      if (key !== undefined && !next.has(key)) next.set(key, object);
      return boxOf(id, annotation);
    });
    running = next;
    return list;
  });
  return { objects, frames: boxes, log: [] };
}

function boxOf(id: number, { box, visible, occlusion }: Annotation): VbbBox {
  const occl = occlusion === 'partial' || occlusion === 'heavy';
  return { id, pos: pixelsOfBox(box), posv: visible ? pixelsOfBox(visible) : [0, 0, 0, 0], occl, lock: false };
}
