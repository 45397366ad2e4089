import type { Box } from '../core/annotation.ts';
import type { RgbImage } from '../data/image.ts';
import { checkImage } from '../data/resize.ts';
import { cropped, type Window, windowAround } from './contactSheetCrop.ts';
import { seenIn } from './contactSheetSeen.ts';
import type { ErrorPlace, ErrorTile, SheetImage } from './contactSheetTile.ts';
import { dataUri } from './dataUri.ts';
import { svgOf } from './drawing.ts';
import { short } from './markup.ts';

export interface SheetOptions {
  /** A JPEG or PNG file of an image, as `encodeJpeg` makes it. */
  readonly encode: (image: RgbImage) => Promise<Uint8Array> | Uint8Array;
  /** Detections from this score on are there. Default all. */
  readonly score?: number;
  /** The picture's height over the box's. Default 2. */
  readonly context?: number;
  /** Width over height of a picture. Default .75. */
  readonly aspect?: number;
  /** The greatest height of a picture, pixels of its file. Default 320. */
  readonly most?: number;
}

/**
 * Pictures of errors, in the order of `places`; each image is decoded once.
 *
 * @throws RangeError for a place that is not in its image, an image without its pixels, or options that cannot be
 */
export async function errorTiles(
  places: readonly ErrorPlace[],
  imageAt: (image: number) => SheetImage,
  options: SheetOptions,
): Promise<ErrorTile[]> {
  const { context = 2, aspect = 0.75, most = 320 } = options;
  for (const [name, value] of Object.entries({ context, aspect, most }))
    if (!(value > 0 && value < 1e5)) throw new RangeError(`errorTiles: ${name} is ${value}; it must be above 0`);
  const tiles: ErrorTile[] = [];
  for (const image of new Set(places.map((place) => place.image))) {
    const sheet = imageAt(image);
    const pixels = await sheet.image();
    checkImage('errorTiles', pixels);
    for (const [at, place] of places.entries())
      if (place.image === image) tiles[at] = await tileOf(place, sheet, pixels, { ...options, context, aspect, most });
  }
  return tiles;
}

type Settled = SheetOptions & Required<Pick<SheetOptions, 'context' | 'aspect' | 'most'>>;

async function tileOf(place: ErrorPlace, sheet: SheetImage, pixels: RgbImage, options: Settled): Promise<ErrorTile> {
  const { kind, index } = place;
  const list: readonly { readonly box: Box; readonly score?: number }[] =
    kind === 'missed' ? sheet.truths : sheet.detections;
  const found = list[index];
  if (found === undefined)
    throw new RangeError(
      `errorTiles: ${kind} ${index} is not in image ${place.image}, which has ${list.length} ${kind === 'missed' ? 'objects' : 'detections'}`,
    );
  const { box, score } = found;
  const window = windowAround(box, pixels, options);
  const file = await options.encode(cropped(pixels, window, options.most));
  const { height: tall, width: wide } = window;
  const drawing = {
    ...seenIn(window, sheet, options.score ?? Number.NEGATIVE_INFINITY),
    width: wide,
    height: tall,
    scale: tall / 240, // letters of 11 pixels where it is shown 240 high
  };
  const picture = `<image width="${wide}" height="${tall}" preserveAspectRatio="none" href="${dataUri(file)}"/>${shade(box, window)}`;
  const svg = svgOf('errorTiles', drawing, picture);
  const height = box[2] - box[0];
  return {
    ...place,
    id: sheet.id,
    height,
    ...(score === undefined ? {} : { score }),
    svg,
    size: [window.height, window.width],
  };
}

/** Darkens what is not the subject. */
function shade([y1, x1, y2, x2]: Box, { y, x, height, width }: Window): string {
  const room = 0.05 * height;
  const [top, left, bottom, right] = [y1 - y - room, x1 - x - room, y2 - y + room, x2 - x + room].map(short);
  return `<path fill="#000" fill-opacity=".32" fill-rule="evenodd" d="M0 0H${width}V${height}H0ZM${left} ${top}H${right}V${bottom}H${left}Z"/>`;
}
