import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Annotation, Box } from '../../src/core/annotation.ts';
import { canvasOf, crop, move, onGround } from '../../src/data/augmentCanvas.ts';
import { type ColourPass, changeColour } from '../../src/data/augmentColour.ts';
import { bestOverlap, ssdCropTo } from '../../src/data/augmentCrop.ts';
import { mirrored } from '../../src/data/augmentMove.ts';
import { settle } from '../../src/data/augmentObjects.ts';
import type { RgbImage } from '../../src/data/image.ts';
import { placementFor } from '../../src/data/letterbox.ts';
import { inPlace, intersect, placeBox } from '../../src/data/placement.ts';
import type { Resampling } from '../../src/data/resample.ts';
import { resize, resizeToFloat } from '../../src/data/resize.ts';

const file = fileURLToPath(new URL('../../../shared/data/parity/augment.json', import.meta.url));
const golden = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;

type Rows = readonly (readonly number[])[];
type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

/** One plane as an image of three equal channels. */
function grey(rows: Rows): RgbImage {
  const data = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { height: rows.length, width: rows[0]?.length ?? 0, data };
}

const box = ([x1, y1, x2, y2]: Corners): Box => [y1, x1, y2, x2];
const corners = ([y1, x1, y2, x2]: Box): Corners => [x1, y1, x2, y2];
const people = (boxes: readonly Corners[]): Annotation[] => boxes.map((b) => ({ box: box(b), label: 'person' }));
/** The largest difference. */
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))));
const uncut = { leastSeen: 0, leastSide: 0 };

/** The 32-bit FNV-1a of a name seeds a mulberry32; the golden images are drawn with it. */
function uniform(name: string): () => number {
  let a = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) a = Math.imul(a ^ byte, 0x01000193);
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function images(): Record<string, RgbImage> {
  const u = uniform('image');
  const table = (height: number, width: number, value: (i: number) => number) =>
    Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => value(y * width + x)));
  return {
    ramp: grey(table(5, 7, (i) => i)),
    step: grey(table(6, 6, (i) => (i % 6 < 3 ? 0 : 12))),
    image: grey(table(8, 10, () => Math.floor(256 * u()))),
  };
}

describe.skipIf(golden === undefined)('parity (skipped where ../shared/data/parity is absent)', () => {
  const methods: readonly [golden: string, Resampling][] = [
    ['bilinear', 'bilinear'],
    ['bilinear antialias', 'antialias'],
    ['PIL mode F bilinear', 'antialias'], // PIL always antialiases
    ['nearest exact', 'nearest'], // at the centre of the pixel; plain `nearest` of torch looks at its corner
  ];
  const cases = golden
    ? Object.keys(golden.resize).filter((name) => / to \d+x\d+$/.test(name))
    : ['ramp to 3x4']; /* keeps the table non-empty where the block is skipped */

  it.each(cases.flatMap((name) => methods.map(([key, method]) => [name, key, method] as const)))(
    'parity: resizes %s as %s',
    (name, key, method) => {
      const rows: Rows = golden.resize[name][key];
      if (rows === undefined) return expect(key).toBe('PIL mode F bilinear'); // some images have no PIL case
      const image = images()[name.split(' ')[0] ?? ''] ?? grey([[0]]);
      const got = resizeToFloat(image, [rows.length, rows[0]?.length ?? 0], { method });
      rows.flat().forEach((want, i) => {
        expect(Math.abs((got[3 * i] ?? 0) - want)).toBeLessThan(1e-4); // float32 sums of values up to 255
      });
    },
  );

  it.each(['16x20', '3x4', '10x8'])(
    'parity: resizes bytes to %s as PIL and torchvision do, within one of 255',
    (to) => {
      const table = golden.resize[`image to ${to} uint8`];
      for (const [key, method] of [
        ['bilinear', 'bilinear'],
        ['PIL bilinear', 'antialias'],
        ...(to === '10x8' ? [] : [['PIL nearest', 'nearest'] as const]), // 8 to 10 has centres on edges, where PIL errs by rounding
      ] as const) {
        const rows: Rows = table[key];
        const got = resize(images().image ?? grey([[0]]), [rows.length, rows[0]?.length ?? 0], { method });
        rows.flat().forEach((want, i) => {
          expect(Math.abs((got.data[3 * i] ?? 0) - want)).toBeLessThanOrEqual(1); // PIL rounds after each axis, and halves to even
        });
      }
    },
  );

  it('parity: flips, resizes, pads and clamps boxes as torchvision does', () => {
    const table = golden?.boxes;
    const boxes: Corners[] = table['boxes [x1,y1,x2,y2]'];
    const canvas = canvasOf(table['canvas [h, w]'], people(boxes));
    const placed = (by: typeof inPlace) => boxes.map((b) => corners(placeBox(box(b), by)));
    expect(placed(mirrored(canvas).photographs[0].placement)).toEqual(table['horizontal flip']);
    for (const [key, size] of [
      ['resize to 30x40', [30, 40]],
      ['resize to 7x9', [7, 9]],
    ] as const)
      placed(placementFor(table['canvas [h, w]'], size, { fit: 'stretch' })).forEach((got, i) => {
        expect(distance(got, table[key][i])).toBeLessThan(1e-5);
      });
    const padded = move(canvas, { ...inPlace, offsetY: 1, offsetX: 3 }, [12 + 1 + 5, 20 + 3 + 2]);
    expect(
      boxes.map((b) =>
        corners(intersect(placeBox(box(b), padded.photographs[0].placement), [0, 0, ...padded.size]) ?? [0, 0, 0, 0]),
      ),
    ).toEqual(
      table['pad left 3 top 1 right 2 bottom 5'], // torchvision clamps to the padded canvas; we to the photograph, which has the pixels
    );
    expect(settle(canvas, uncut).map((object) => corners(object.box))).toEqual(table.clamped);
    const cropped = crop(canvas, [2, 4, 10, 16]); // top 2, left 4, height 8, width 12
    expect(settle(cropped, uncut).map((object) => corners(object.box))).toEqual(
      table['crop top 2 left 4 height 8 width 12 (v2 crop clamps to the crop)'],
    );
  });

  it('parity: drops boxes with a side under the least, and keeps one that has just that', () => {
    const { boxes, 'kept labels': kept } = golden.boxes['sanitize min_size 1'];
    const inside = (b: Corners) => b[0] >= 0 && b[1] >= 0 && b[2] <= 20 && b[3] <= 12; // torchvision drops the others, we clip
    const objects = boxes.map((b: Corners, i: number) => ({ box: box(b), label: String(i) }));
    const canvas = canvasOf(
      [12, 20],
      objects.filter((_: Annotation, i: number) => inside(boxes[i])),
    );
    expect(settle(canvas, { leastSide: 1, cut: 'background' }).map(({ label }) => Number(label))).toEqual(kept);
  });

  it('parity: measures and cuts the IoU crop as torchvision does', () => {
    const table = golden?.iouCrop;
    const boxes: Corners[] = table.boxes;
    for (const row of table.cases) {
      const [left, top, width, height] = row['crop [left, top, w, h]'];
      const window: Box = [top, left, top + height, left + width];
      expect(bestOverlap(window, boxes.map(box))).toBeCloseTo(row.maxIou ?? -1, 6);
      const canvas = ssdCropTo(canvasOf([12, 20], people(boxes)), window, 'background');
      expect(settle(canvas, uncut).map((object) => corners(object.box))).toEqual(row['boxes after crop and clamp']);
    }
  });

  it('parity: shifts boxes with the ground of a zoom out, and leaves pixels their size', () => {
    const canvas = onGround(
      move(canvasOf([12, 20], people([[2, 3, 10, 8]])), { ...inPlace, offsetY: 5, offsetX: 7 }, [24, 40]),
      [0, 0, 0],
    );
    expect(settle(canvas, uncut).map((object) => corners(object.box))).toEqual([[9, 8, 17, 13]]); // golden: boxes shift by left, top
  });

  it('parity: changes colour as torchvision does with floats', () => {
    const table = golden?.colour;
    const planes: readonly Rows[] = table.image;
    const [red = [], green = [], blue = []] = planes.map((plane) => plane.flat());
    const pixels = red.flatMap((r, i) => [r, green[i] ?? 0, blue[i] ?? 0]);
    const width = planes[0]?.[0]?.length ?? 0;
    const region = { top: 0, left: 0, bottom: red.length / width, right: width };
    const passes: readonly [golden: string, ColourPass][] = [
      ['brightness 1.3', { change: 'brightness', factor: 1.3 }],
      ['brightness .6', { change: 'brightness', factor: 0.6 }],
      ['contrast 1.5', { change: 'contrast', factor: 1.5 }],
      ['contrast .5', { change: 'contrast', factor: 0.5 }],
      ['saturation 1.5', { change: 'saturation', factor: 1.5 }],
      ['saturation .3', { change: 'saturation', factor: 0.3 }],
      ['hue .05', { change: 'hue', turn: 0.05 }],
      ['hue -.3', { change: 'hue', turn: -0.3 }],
    ];
    const compare = (got: Float32Array, want: readonly Rows[], scale: number, tolerance: number) => {
      want.forEach((plane, channel) => {
        const picked = plane.flat().map((_, i) => got[3 * i + channel] ?? 0);
        expect(
          distance(
            picked,
            plane.flat().map((value) => scale * value),
          ),
        ).toBeLessThan(tolerance);
      });
    };
    for (const [key, pass] of passes) {
      const got = Float32Array.from(pixels);
      changeColour(got, { start: 0, stride: 3 * width }, region, pass);
      compare(got, table[key].float, 255, 1e-3); // torchvision's hue works in float32 of 0-1
    }
    const permuted = Float32Array.from(pixels);
    changeColour(permuted, { start: 0, stride: 3 * width }, region, { change: 'channels', order: [2, 0, 1] });
    compare(permuted, table['permute [2, 0, 1]'], 1, 1e-9);
  });

  it('parity: letterboxes into the corner with sides cut, as effdet, boxes within a pixel of its', () => {
    for (const { image, target, boxes, after } of golden.effdetResizePad.cases) {
      const placement = placementFor(image, [target, target], { round: 'down' });
      const objects = boxes.map((b: Box) => ({ box: b, label: 'object' }));
      const got = settle(move(canvasOf(image, objects), placement, [target, target]), uncut);
      expect(got).toHaveLength(after.length); // the box without width is dropped, as there
      // effdet scales boxes by the scale before it cuts the side to whole pixels, so its boxes miss the pixels by up to one
      got.forEach((object, i) => {
        expect(distance(object.box, after[i])).toBeLessThan(1);
      });
    }
  });
});
