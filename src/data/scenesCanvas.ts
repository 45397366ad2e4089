/** Red, green and blue, 0 to 255, as they are seen. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Where a picture is painted: pixels, and which object each of them shows. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Three numbers a pixel, 0 to 255; absent where only the masks are wanted. */
  readonly pixels: Float32Array | undefined;
  /** For each pixel the number of the object that it shows, 0 for none. */
  readonly owners: Uint16Array;
}

/** The mask of one object before anything hides it, within the image, and its extent beyond the image. */
export interface Extent {
  /** Pixels of the mask, and its first and last row and column. */
  count: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Edges of all that was painted, in or out of the image. */
  readonly full: { left: number; top: number; right: number; bottom: number };
}

/** What paints one object; its parts must come one after another. */
export interface Brush {
  readonly canvas: Canvas;
  /** 0 for a thing that has no box but hides others. */
  readonly owner: number;
  readonly extent: Extent;
  /** How much brighter the left side of round things is; negative for the right side. */
  readonly sideLight: number;
}

export function newCanvas(height: number, width: number, kind: 'picture' | 'masks'): Canvas {
  const pixels = kind === 'picture' ? new Float32Array(3 * width * height) : undefined;
  return { width, height, pixels, owners: new Uint16Array(width * height) };
}

export function newBrush(canvas: Canvas, owner: number, sideLight: number): Brush {
  const none = Number.POSITIVE_INFINITY;
  const full = { left: none, top: none, right: -none, bottom: -none };
  return { canvas, owner, sideLight, extent: { count: 0, left: none, top: none, right: -1, bottom: -1, full } };
}
