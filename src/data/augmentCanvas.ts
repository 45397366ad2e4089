import type { Annotation, Box } from '../core/annotation.ts';
import type { ColourPass } from './augmentColour.ts';
import { compose, inPlace, intersect, type Placement, placeBox, type Size } from './placement.ts';

/** Red, green and blue, 0-255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * What is painted, in order: a photograph, or tiles with layers of their own; then grounds behind it, and changes to all
 * that is there by then. Extents are in pixels of the canvas, those of grounds each around what is there.
 */
export type Layer =
  | { readonly kind: 'photograph'; readonly extent: Box; readonly photograph: number }
  | { readonly kind: 'tiles'; readonly extent: Box; readonly tiles: readonly (readonly Layer[])[] }
  | { readonly kind: 'ground'; readonly extent: Box; readonly fill: Rgb }
  | { readonly kind: 'colour'; readonly pass: ColourPass }
  | { readonly kind: 'blur'; readonly sigma: number }
  | { readonly kind: 'patch'; readonly extent: Box; readonly fill: Rgb }
  | { readonly kind: 'blend'; readonly extent: Box; readonly layers: readonly Layer[]; readonly share: number };

/** An image that a canvas shows. */
export interface Photograph {
  /** Which image it is. */
  readonly image: number;
  /** From the photograph into the canvas. */
  readonly placement: Placement;
  /** What it covers, pixels of the canvas. */
  readonly extent: Box;
  /** What patches hide of it, pixels of the photograph. */
  readonly covered: readonly Box[];
}

/** An object on its way through the augmentations. */
export interface Subject {
  /** Index of its photograph. */
  readonly photograph: number;
  /** As it was given, pixels of the photograph. */
  readonly annotation: Annotation;
  /** What the photograph shows of it: its visible box inside the image. Pixels of the photograph. */
  readonly seen: Box;
  /** Set by a crop that leaves it out though part of it can still be in view. */
  readonly lost?: 'ignore' | 'background';
}

/**
 * An image that is not drawn yet: where its photographs lie, what is painted over what, and the objects. Augmentations
 * move canvases; the pixels are sampled once, at the end. It is plain data, which a worker can be sent.
 */
export interface Canvas {
  /** Pixels of the canvas; a crop may leave fractions. */
  readonly size: Size;
  /** The first is the image itself, others came by a mosaic or a mixup. */
  readonly photographs: readonly [Photograph, ...Photograph[]];
  readonly layers: readonly Layer[];
  readonly subjects: readonly Subject[];
}

const nothing: Box = [0, 0, 0, 0];

/** The photograph as it is. What lies wholly outside of it is no object of it. */
export function canvasOf(size: Size, objects: readonly Annotation[], image = 0): Canvas {
  const extent: Box = [0, 0, size[0], size[1]];
  const subjects = objects.flatMap((annotation) => {
    const seen = intersect(annotation.visible ?? annotation.box, extent);
    return seen ? [{ annotation, seen, photograph: 0 }] : [];
  });
  return {
    size,
    photographs: [{ image, placement: inPlace, extent, covered: [] }],
    layers: [{ kind: 'photograph', extent, photograph: 0 }],
    subjects,
  };
}

/** Another canvas over the same: what leaves it, or the part of it that is given, is cut. */
export function move(canvas: Canvas, by: Placement, size: Size, part: Box = [0, 0, ...size]): Canvas {
  const moved = (extent: Box) => intersect(placeBox(extent, by), part) ?? nothing;
  const movedLayer = (layer: Layer): Layer => {
    if (layer.kind === 'colour' || layer.kind === 'blur') return layer;
    const there = { ...layer, extent: moved(layer.extent) };
    if (there.kind === 'tiles') return { ...there, tiles: there.tiles.map((tile) => tile.map(movedLayer)) };
    return there.kind === 'blend' ? { ...there, layers: there.layers.map(movedLayer) } : there;
  };
  const movedPhotograph = (photograph: Photograph): Photograph => ({
    ...photograph,
    placement: compose(photograph.placement, by),
    extent: moved(photograph.extent),
  });
  const [first, ...others] = canvas.photographs;
  return {
    ...canvas,
    size,
    photographs: [movedPhotograph(first), ...others.map(movedPhotograph)],
    layers: canvas.layers.map(movedLayer),
  };
}

/** The part of the canvas inside a box, which may reach beyond it. */
export function crop(canvas: Canvas, [y1, x1, y2, x2]: Box): Canvas {
  return move(canvas, { ...inPlace, offsetY: -y1, offsetX: -x1 }, [y2 - y1, x2 - x1]);
}

/** One more layer over or behind all that is there. */
export function withLayer(canvas: Canvas, layer: Layer): Canvas {
  return { ...canvas, layers: [...canvas.layers, layer] };
}

/** A ground that covers what the canvas, or the part of it that is given, does not show yet. */
export function onGround(canvas: Canvas, fill: Rgb, extent: Box = [0, 0, ...canvas.size]): Canvas {
  return withLayer(canvas, { kind: 'ground', extent, fill });
}

/** A change of colour to all that is painted by now. */
export function coloured(canvas: Canvas, pass: ColourPass): Canvas {
  return withLayer(canvas, { kind: 'colour', pass });
}

/** The part of a subject's box that the canvas shows, in pixels of the canvas; undefined when it shows none. */
export function shownBox({ photographs }: Canvas, { annotation, seen, photograph }: Subject): Box | undefined {
  const { placement, extent } = photographs[photograph] ?? photographs[0];
  if (!intersect(placeBox(seen, placement), extent)) return undefined;
  return intersect(placeBox(annotation.box, placement), extent);
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
