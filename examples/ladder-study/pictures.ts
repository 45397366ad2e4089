/** Pictures of what a rung sees and finds: its maps, its best and its worst detections. */
import { abs, mean, type Tensor4D, tensor4d, image as tfImage, tidy } from '@tensorflow/tfjs-core';
import {
  type Detector,
  dispose,
  draw,
  evaluate,
  type Level,
  loadWeights,
  matchBatch,
  type Stage,
  type Standardization,
} from 'pyramidion';
import { type ImageCache, type RgbImage, resize } from 'pyramidion/data';
import { type ImageMatches, matchImage } from 'pyramidion/evaluate';
import { encodeJpeg } from 'pyramidion/node';
import { ladder } from '../ladder.ts';
import type { StudyData } from './data.ts';
import { narrowed, type Size } from './settings.ts';

type Rung = keyof typeof ladder;

/** The maps that a head reads, of standardized pixels, in its order. */
const maps =
  <S extends Stage, L extends Level>({ neck, backbone, head }: Detector<S, L>) =>
  (pixels: Tensor4D): readonly Tensor4D[] => {
    const made = neck(backbone(pixels));
    return head.needs.map((level) => made[level]);
  };
const withMaps = <S extends Stage, L extends Level>(model: Detector<S, L>) => ({ model, maps: maps(model) });
const made = {
  vggBaseline: (size: Size) => withMaps(ladder.vggBaseline(narrowed(size))),
  efficientNetBackbone: (size: Size) => withMaps(ladder.efficientNetBackbone(narrowed(size))),
  normalizedWide: (size: Size) => withMaps(ladder.normalizedWide(narrowed(size))),
  highResolution: (size: Size) => withMaps(ladder.highResolution(narrowed(size))),
  fpn: (size: Size) => withMaps(ladder.fpn(narrowed(size))),
  deconvFpn: (size: Size) => withMaps(ladder.deconvFpn(narrowed(size))),
  weightedFpn: (size: Size) => withMaps(ladder.weightedFpn(narrowed(size))),
} satisfies Record<Rung, unknown>;

/** Detections below are not drawn. */
const shownFrom = 0.4;
/** Pixels of a picture in a sheet, and between two. */
const [tall, wide, gap] = [171, 256, 6];
const small = { height: tall, width: wide };

/**
 * A sheet of nine pictures: an image with the three maps that the head reads beside it, as the mean size of their numbers
 * where a map is bright; below, the three best images and the three worst, as a JPEG.
 */
export async function rungSheet(
  rung: Rung,
  weights: Uint8Array,
  { held, protocol, size }: StudyData,
  cache: ImageCache,
): Promise<Uint8Array> {
  const { model, maps } = made[rung](size);
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
  const [best] = order;
  const looked = best && held[best.i];
  if (!looked) throw new RangeError('rungSheet: no image has an object that counts');
  const pixels = standardized(await cache.image(looked), model.standardization);
  const rows = [
    // rung 4 resizes its input, and does not say to what
    mapPictures(maps, pixels, rung === 'highResolution' ? 2 : 1),
    await Promise.all(order.slice(0, 3).map(drawn)),
    await Promise.all(order.slice(-3).map(drawn)),
  ];
  dispose(model);
  return encodeJpeg(sheet(rows), 72);
}

/** Many found and none false is best; missed and false is worst. */
const figureOf = ({ counted, found, detections }: ImageMatches) =>
  found.size - (counted.length - found.size) - detections.filter(({ hit }) => !hit).length;

const standardized = ({ height, width, data }: RgbImage, { mean, deviation }: Standardization) =>
  tensor4d(
    Float32Array.from(data, (value, i) => (value - (mean[i % 3] ?? 0)) / (deviation[i % 3] ?? 1)),
    [1, height, width, 3],
  );

/** Maps as pictures, bright where their numbers are large, each in its own scale. */
function mapPictures(maps: (pixels: Tensor4D) => readonly Tensor4D[], pixels: Tensor4D, times: number): RgbImage[] {
  const [, height, width] = pixels.shape;
  const sizes = tidy(() => {
    const sized = times === 1 ? pixels : tfImage.resizeBilinear(pixels, [times * height, times * width]);
    return maps(sized).map((map) => {
      const [, rows, columns] = map.shape;
      return { rows, columns, numbers: mean(abs(map), 3).dataSync<'float32'>() };
    });
  });
  pixels.dispose();
  return sizes.map(({ rows, columns, numbers }) => {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const bytes = new Uint8Array(3 * numbers.length);
    for (const [i, number] of numbers.entries()) bytes.set(heat((number - low) / (high - low || 1)), 3 * i);
    return resize({ height: rows, width: columns, data: bytes }, [tall, wide], { method: 'nearest' });
  });
}

/** Black, red, yellow, white. */
const heat = (share: number) => [0, 1, 2].map((c) => 255 * Math.min(1, Math.max(0, 3 * share - c)));

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
  const [sample] = held.filter(({ objects }) => objects.filter(({ ignore }) => ignore === undefined).length >= 3);
  if (!sample) throw new RangeError('matchesPicture: no image has three people');
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
