import type { Annotation, Box } from '../core/annotation.ts';
import type { ColourPass } from './augmentColour.ts';
import { compose, inPlace, intersect, type Placement, placeBox, type Size } from './placement.ts';

/** Red, green and blue, 0-255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What is painted, in order: the photograph, then grounds behind it, and changes of colour to all that is there by then. */
export type Layer =
  | { readonly kind: 'photograph'; readonly extent: Box }
  | { readonly kind: 'ground'; readonly extent: Box; readonly fill: Rgb }
  | { readonly kind: 'colour'; readonly pass: ColourPass };

/** An object on its way through the augmentations. */
export interface Subject {
  /** As it was given, pixels of the photograph. */
  readonly annotation: Annotation;
  /** What the photograph shows of it: its visible box inside the image. Pixels of the photograph. */
  readonly seen: Box;
  /** Set by a crop that leaves it out though part of it can still be in view. */
  readonly lost?: 'ignore' | 'background';
}

/**
 * An image that is not drawn yet: where its photograph lies, what is painted over what, and the objects. Augmentations
 * move canvases; the pixels are sampled once, at the end.
 */
export interface Canvas {
  /** Pixels of the canvas; a crop may leave fractions. */
  readonly size: Size;
  /** From the photograph into the canvas. */
  readonly placement: Placement;
  /** Extents in pixels of the canvas, each inside the next; the first is the photograph. */
  readonly layers: readonly Layer[];
  readonly subjects: readonly Subject[];
}

const nothing: Box = [0, 0, 0, 0];

/** The photograph as it is. What lies wholly outside of it is no object of it. */
export function canvasOf(size: Size, objects: readonly Annotation[]): Canvas {
  const extent: Box = [0, 0, size[0], size[1]];
  const subjects = objects.flatMap((annotation) => {
    const seen = intersect(annotation.visible ?? annotation.box, extent);
    return seen ? [{ annotation, seen }] : [];
  });
  return { size, placement: inPlace, layers: [{ kind: 'photograph', extent }], subjects };
}

/** Another canvas over the same: what leaves it is cut. */
export function move(canvas: Canvas, by: Placement, size: Size): Canvas {
  const edge: Box = [0, 0, size[0], size[1]];
  const layers = canvas.layers.map((layer) =>
    layer.kind === 'colour' ? layer : { ...layer, extent: intersect(placeBox(layer.extent, by), edge) ?? nothing },
  );
  return { ...canvas, size, placement: compose(canvas.placement, by), layers };
}

/** The part of the canvas inside a box, which may reach beyond it. */
export function crop(canvas: Canvas, [y1, x1, y2, x2]: Box): Canvas {
  return move(canvas, { ...inPlace, offsetY: -y1, offsetX: -x1 }, [y2 - y1, x2 - x1]);
}

/** A ground that covers what the canvas does not show yet. */
export function onGround(canvas: Canvas, fill: Rgb): Canvas {
  const extent: Box = [0, 0, canvas.size[0], canvas.size[1]];
  return { ...canvas, layers: [...canvas.layers, { kind: 'ground', extent, fill }] };
}

/** A change of colour to all that is painted by now. */
export function coloured(canvas: Canvas, pass: ColourPass): Canvas {
  return { ...canvas, layers: [...canvas.layers, { kind: 'colour', pass }] };
}

/** The part of a subject's box that the canvas shows, in pixels of the canvas; undefined when it shows none. */
export function shownBox({ placement, layers: [photograph] }: Canvas, { annotation, seen }: Subject): Box | undefined {
  if (photograph?.kind !== 'photograph' || !intersect(placeBox(seen, placement), photograph.extent)) return undefined;
  return intersect(placeBox(annotation.box, placement), photograph.extent);
}

/** Whether it is an object to find. */
export function counts({ annotation, lost }: Subject): boolean {
  return annotation.ignore === undefined && lost === undefined;
}

/** The shown boxes of the objects that count. */
export function boxesOf(canvas: Canvas): Box[] {
  return canvas.subjects.filter(counts).flatMap((subject) => {
    const box = shownBox(canvas, subject);
    return box ? [box] : [];
  });
}
