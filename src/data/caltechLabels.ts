import type { Annotation, Box } from '../core/annotation.ts';
import { boxOfPixels, isUnset, type PixelBox } from './pixelBox.ts';

/** Labels of the Caltech protocol that are neither to be found nor to be punished, and why. @see dbEval.m 3.2.1 */
const ignored = new Map([
  ['people', 'a group of people'],
  ['person?', 'perhaps a person'],
  ['ignore', 'a region to ignore'],
]);

export interface CaltechLabelOptions {
  /**
   * What becomes of a label that the protocol does not ask for, as `person-fa` or `cyclist`: `drop` makes it background,
   * as in the Caltech evaluation; `keep` makes it an object that counts. Default `drop`.
   */
  readonly others?: 'drop' | 'ignore' | 'keep';
}

/** An object as the Caltech tools write it. */
export interface CaltechObject {
  readonly label: string;
  readonly pos: PixelBox;
  readonly posv: PixelBox;
  readonly occluded: boolean;
  /** The text form has a mark of its own. */
  readonly ignore?: boolean;
  readonly track?: number;
}

/** Where the protocol parts partial from heavy occlusion: the share that can be seen. @see dbEval.m, "Occ=partial" */
const partlySeen = 0.65;

/** Why the Caltech protocol ignores a label; undefined where it does not. */
export function caltechIgnore(label: string): string | undefined {
  return ignored.get(label);
}

/** The annotation of an object, or none where its label is dropped. Boxes may reach out of the image, as in the files. */
export function caltechAnnotation(object: CaltechObject, options: CaltechLabelOptions = {}): Annotation | undefined {
  const { others = 'drop' } = options;
  const { label, pos, posv, occluded, track } = object;
  const known = label === 'person' || ignored.has(label);
  if (!known && others === 'drop') return undefined;
  const reason = ignored.get(label) ?? (known || others === 'keep' ? undefined : 'a label that the protocol drops');
  const ignore = reason ?? (object.ignore ? 'marked to be ignored' : undefined);
  const visible = isUnset(posv) ? undefined : boxOfPixels(posv);
  const box = boxOfPixels(pos);
  return {
    box,
    ...(visible && { visible }),
    label,
    ...(ignore !== undefined && { ignore }),
    occlusion: occluded ? occlusionOf(box, visible) : 'none',
    ...(track !== undefined && { track }),
  };
}

/** How much is hidden, by the share of the box that can be seen. */
export function occlusionOf(box: Box, visible: Box | undefined): 'partial' | 'heavy' {
  if (visible === undefined) return 'partial';
  return area(visible) >= partlySeen * area(box) ? 'partial' : 'heavy';
}

const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);
