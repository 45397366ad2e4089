import type { Annotation, Box } from '../core/annotation.ts';
import type { AnchorOptions } from '../detection/anchors.ts';
import type { Shape } from './anchorStudyBest.ts';

/** An image of the data: a `Sample` is one. Pixels of the image. */
export interface StudiedImage {
  readonly width: number;
  readonly height: number;
  readonly objects: readonly Annotation[];
}

export interface InputBoxOptions {
  /** How images are brought to the input: whole, in its corner, or drawn out to fill it. Default `letterbox`. */
  readonly fit?: 'letterbox' | 'stretch';
  /** Labels that are looked at. Default all; objects with an `ignore` reason never are. */
  readonly labels?: readonly string[];
}

export const shapeOf = ([y1, x1, y2, x2]: Box): Shape => [y2 - y1, x2 - x1];

/** The boxes that count, in pixels of the input. @throws RangeError for none, or one without an area */
export function inputBoxes(
  data: readonly StudiedImage[],
  [inputHeight, inputWidth]: AnchorOptions['inputSize'],
  { labels, fit = 'letterbox' }: InputBoxOptions,
): Box[] {
  const boxes = data.flatMap(({ width, height, objects }) => {
    const stretch = [inputHeight / height, inputWidth / width] as const;
    const least = Math.min(...stretch);
    const [y, x] = fit === 'stretch' ? stretch : [least, least];
    return objects
      .filter(({ label, ignore }) => ignore === undefined && (labels?.includes(label) ?? true))
      .map(({ box: [y1, x1, y2, x2] }): Box => [y1 * y, x1 * x, y2 * y, x2 * x]);
  });
  if (boxes.length === 0)
    throw new RangeError(
      `anchorStudy: none of ${data.length} images has an object that counts${labels ? ` among ${labels.join(', ')}` : ''}`,
    );
  const bad = boxes.find((box) => !box.every(Number.isFinite) || !shapeOf(box).every((side) => side > 0));
  if (bad) throw new RangeError(`anchorStudy: a box is [${bad.join(', ')}] in the input; sides must be above 0 pixels`);
  return boxes;
}

/** @throws RangeError for anchors that cannot be */
export function checkAnchors({ levels, maps, inputSize }: AnchorOptions): void {
  if (levels.length === 0 || levels.length !== maps.length)
    throw new RangeError(
      `anchorStudy: ${maps.length} maps but anchors for ${levels.length} levels; give one of each, at least one`,
    );
  const sizes = [...inputSize, ...maps.flatMap(({ height, width }) => [height, width])];
  if (!sizes.every((side) => side > 0 && Number.isFinite(side)))
    throw new RangeError(
      `anchorStudy: inputSize is [${inputSize.join(', ')}]; sides of it and of maps must be above 0`,
    );
  for (const [l, { shapes }] of levels.entries())
    if (shapes.length === 0 || !shapes.flat().every((side) => side > 0 && Number.isFinite(side)))
      throw new RangeError(
        `anchorStudy: level ${l} has shapes ${JSON.stringify(shapes)}; give some, sides above 0 pixels`,
      );
}
