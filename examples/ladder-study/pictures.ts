/** Pictures of what a rung sees and finds: its maps, its best and its worst detections. */
import { dispose as disposeTensors, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { dispose, draw, drawMaps, evaluate, loadWeights, matchBatch } from 'pyramidion';
import { type ImageCache, type RgbImage, resize, type Sample } from 'pyramidion/data';
import { type ImageMatches, matchImage } from 'pyramidion/evaluate';
import { encodeJpeg } from 'pyramidion/node';
import { ladder } from '../ladder.ts';
import type { StudyData } from './data.ts';
import { narrowed } from './settings.ts';

type Rung = keyof typeof ladder;

/** Detections below are not drawn. */
const shownFrom = 0.4;
/** Pixels of a picture in a sheet, and between two. */
const [tall, wide, gap] = [171, 256, 6];
const small = { height: tall, width: wide };

/**
 * A sheet of nine pictures: the three maps that the head reads of one street, over it; below, the three best streets and the
 * three worst, as a JPEG.
 */
export async function rungSheet(
  rung: Rung,
  weights: Uint8Array,
  { held, protocol, size }: StudyData,
  cache: ImageCache,
): Promise<Uint8Array> {
  const model = ladder[rung](narrowed(size));
  await loadWeights(model, weights);
  const { images } = await evaluate(model, held, { batch: 4, cache });
  const judged = images.map((image, i) => {
    const detections = image.detections.filter(({ score }) => score >= shownFrom);
    const matches = matchImage({ ...image, detections }, protocol);
    return { i, truths: image.truths, detections, matches, figure: figureOf(matches) };
  });
  const order = judged.filter(({ matches }) => matches.counted.length > 0).sort((a, b) => b.figure - a.figure);
  const drawn = async (one: (typeof judged)[number] | undefined) => {
    const sample = one && held[one.i];
    if (!sample) throw new RangeError('rungSheet: there are fewer than three images');
    return draw(await cache.image(sample), one.detections, { truths: one.truths, matches: one.matches, scale: 1 });
  };
  const pixels = await cache.image(lively(held));
  const pyramid = tidy(() => model.pyramid(tensor4d(pixels.data, [1, pixels.height, pixels.width, 3], 'float32')));
  const rows = [
    Object.values(await drawMaps(pyramid, { over: pixels })),
    await Promise.all(order.slice(0, 3).map(drawn)),
    await Promise.all(order.slice(-3).map(drawn)),
  ];
  disposeTensors(pyramid);
  dispose(model);
  return encodeJpeg(sheet(rows), 72);
}

/** The first image of three people, so that all rungs are seen on the same. */
function lively(held: StudyData['held']): Sample {
  const found = held.find(({ objects }) => objects.filter(({ ignore }) => ignore === undefined).length >= 3);
  if (!found) throw new RangeError('no image has three people');
  return found;
}

/** Many found and none false is best; missed and false is worst. */
const figureOf = ({ counted, found, detections }: ImageMatches) =>
  found.size - (counted.length - found.size) - detections.filter(({ hit }) => !hit).length;

/** Pictures in rows on white, each made the same size. */
function sheet(
  rows: readonly (readonly RgbImage[])[],
  { height: tall, width: wide }: Pick<RgbImage, 'height' | 'width'> = small,
): RgbImage {
  const columns = Math.max(...rows.map((row) => row.length));
  const [height, width] = [rows.length * (tall + gap) - gap, columns * (wide + gap) - gap];
  const data = new Uint8Array(3 * height * width).fill(255);
  for (const [r, row] of rows.entries())
    for (const [c, picture] of row.entries()) {
      const { data: own } = resize(picture, [tall, wide]);
      for (let y = 0; y < tall; y++)
        data.set(
          own.subarray(3 * y * wide, 3 * (y + 1) * wide),
          3 * ((r * (tall + gap) + y) * width + c * (wide + gap)),
        );
    }
  return { height, width, data };
}

/** An image with its objects, and beside it the anchors that learn one, coloured by level; the same for all rungs. */
export async function matchesPicture({ held, size }: StudyData, cache: ImageCache): Promise<Uint8Array> {
  const { anchors, labels, maps } = ladder.fpn(narrowed(size));
  const sample = lively(held);
  const picture = await cache.image(sample);
  const { classes } = matchBatch([sample.objects], { anchors, labels });
  const ends = maps.map((_, i) => 6 * maps.slice(0, i + 1).reduce((sum, { height, width }) => sum + height * width, 0));
  const matched = { ...picture, data: picture.data.map((value) => value / 2) };
  for (const [anchor, label] of classes.entries()) {
    const level = ends.findIndex((end) => anchor < end);
    if (label > 0)
      outline(matched, anchors.subarray(4 * anchor, 4 * anchor + 4), levelColours[level] ?? [255, 255, 255]);
  }
  return encodeJpeg(sheet([[draw(picture, [], { truths: sample.objects, scale: 1 }), matched]], picture), 80);
}

/** Of the finest level first: blue, orange, green, as in the figure of the anchors. */
const levelColours = [
  [86, 180, 255],
  [255, 140, 40],
  [60, 230, 150],
] as const;

/** Draws the edges of a box, a pixel wide, into a picture. */
function outline({ width, height, data }: RgbImage, box: Float32Array, colour: readonly number[]): void {
  const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = box.map(Math.round);
  const dot = (y: number, x: number) => {
    if (y >= 0 && x >= 0 && y < height && x < width) data.set(colour, 3 * (y * width + x));
  };
  for (let x = x1; x <= x2; x++) for (const y of [y1, y2]) dot(y, x);
  for (let y = y1; y <= y2; y++) for (const x of [x1, x2]) dot(y, x);
}
