import { describe, expect, it } from 'vitest';
import { anchors, anchorsPerCell } from '../../src/detection/anchors.ts';
import { baselineAnchors, baselineSides } from '../../src/detection/baselineAnchors.ts';
import { boxAt } from '../../src/detection/boxes.ts';
import { retinaNetAnchors, retinaNetSides } from '../../src/detection/retinaNetAnchors.ts';
import { evenScales, ssd300Anchors, ssd512Anchors, ssdAnchors } from '../../src/detection/ssdAnchors.ts';

const map = (height: number, width = height) => ({ height, width });
const inputSize = [512, 640] as const;
const near = (box: readonly number[], wanted: readonly number[]) =>
  box.forEach((corner, i) => {
    expect(corner).toBeCloseTo(wanted[i] ?? Number.NaN, 4); // float32 of some hundred pixels
  });

describe('anchors', () => {
  it('lie in rows, then columns, then shapes, as the channels of a head do', () => {
    const boxes = anchors({
      levels: [
        {
          shapes: [
            [2, 4],
            [6, 6],
          ],
        },
        { shapes: [[10, 10]] },
      ],
      maps: [map(2, 3), map(1, 1)],
      inputSize: [20, 30], // steps of 10, then of 20 and 30
    });
    expect(boxes).toHaveLength(4 * (2 * 3 * 2 + 1));
    near(boxAt(boxes, 0), [4, 3, 6, 7]); // cell (0, 0) has its centre at (5, 5)
    near(boxAt(boxes, 1), [2, 2, 8, 8]);
    near(boxAt(boxes, 2), [4, 13, 6, 17]); // cell (0, 1)
    near(boxAt(boxes, (1 * 3 + 2) * 2 + 1), [12, 22, 18, 28]); // cell (1, 2), second shape
    near(boxAt(boxes, 12), [5, 10, 15, 20]); // the whole of the second map
  });

  it('take a step that does not divide the input', () => {
    const boxes = anchors({ levels: [{ shapes: [[2, 2]], step: [64, 60] }], maps: [map(5)], inputSize: [300, 300] });
    near(boxAt(boxes, 24), [4.5 * 64 - 1, 4.5 * 60 - 1, 4.5 * 64 + 1, 4.5 * 60 + 1]);
  });

  it('say what is wrong with what they are made of', () => {
    const levels = [{ shapes: [[2, 2]] as const }];
    const of = (options: object) => () => anchors({ levels, maps: [map(2)], inputSize: [8, 8], ...options });
    expect(of({ maps: [] })).toThrow('0 maps but anchors for 1 levels');
    expect(of({ maps: [map(2.5)] })).toThrow('map 0 is 2.5x2.5');
    expect(of({ inputSize: [0, 8] })).toThrow('inputSize is [0,8]');
    expect(of({ levels: [{ shapes: [] }] })).toThrow('level 0 has no shapes');
    expect(of({ levels: [{ shapes: [[2, 0]] }] })).toThrow('level 0 has an anchor of 2x0');
    expect(of({ levels: [{ shapes: [[2, 2]], step: [0, 1] }] })).toThrow('level 0 has steps [0,1]');
  });
});

describe('baseline anchors', () => {
  const three = [map(64, 80), map(32, 40), map(16, 20)];
  const six = [...three, map(8, 10), map(8, 10), map(8, 10)];

  it('number 40,320 on the three maps of the ladder', () => {
    const levels = baselineAnchors();
    expect(anchorsPerCell(levels)).toEqual([6, 6, 6]);
    expect(anchors({ levels, maps: three, inputSize }).length / 4).toBe(40_320); // 6 * (64 * 80 + 32 * 40 + 16 * 20)
  });

  it('number 41,760 on the six maps of the baseline', () => {
    const levels = baselineAnchors({ sides: baselineSides });
    expect(anchors({ levels, maps: six, inputSize }).length / 4).toBe(41_760); // 40,320 + 6 * 3 * 8 * 10
  });

  it('come upright first, each ratio at three scales', () => {
    const boxes = anchors({ levels: baselineAnchors(), maps: three, inputSize });
    const shapes = Array.from({ length: 6 }, (_, k) => {
      const [y1, x1, y2, x2] = boxAt(boxes, k);
      expect([y1 + y2, x1 + x2].map((twice) => twice / 2)).toEqual([expect.closeTo(4, 4), expect.closeTo(4, 4)]); // stride 8
      return [y2 - y1, x2 - x1] as const;
    });
    const [tall, wide] = [40 * Math.SQRT2, 40 / Math.SQRT2]; // width over height 1/2, area 40^2
    const [third, twoThirds] = [2 ** (1 / 3), 2 ** (2 / 3)];
    near(shapes.flat(), [
      ...[tall, wide, tall * third, wide * third, tall * twoThirds, wide * twoThirds],
      ...[40, 40, 40 * third, 40 * third, 40 * twoThirds, 40 * twoThirds],
    ]);
  });

  it('take other areas, ratios and scales', () => {
    expect(baselineAnchors({ sides: [10, 30], ratios: [1], scales: [1, 2] })).toEqual([
      {
        shapes: [
          [10, 10],
          [20, 20],
        ],
      },
      {
        shapes: [
          [30, 30],
          [60, 60],
        ],
      },
    ]);
    expect(() => baselineAnchors({ ratios: [0.5, -1] })).toThrow('ratios are [0.5,-1]');
    expect(() => baselineAnchors({ sides: [] })).toThrow('sides are []');
  });
});

describe('SSD anchors', () => {
  it('number 8,732 at 300 and 24,564 at 512', () => {
    for (const data of ['coco', 'voc'] as const) {
      const small = ssd300Anchors({ data });
      expect(anchorsPerCell(small)).toEqual([4, 6, 6, 6, 4, 4]);
      const maps = [38, 19, 10, 5, 3, 1].map((side) => map(side));
      expect(anchors({ levels: small, maps, inputSize: [300, 300] }).length / 4).toBe(8732); // Liu et al., section 3.1
      const large = ssd512Anchors({ data });
      expect(anchorsPerCell(large)).toEqual([4, 6, 6, 6, 6, 4, 4]);
      const largeMaps = [64, 32, 16, 8, 4, 2, 1].map((side) => map(side));
      expect(anchors({ levels: large, maps: largeMaps, inputSize: [512, 512] }).length / 4).toBe(24_564);
    }
  });

  // mmdetection, SSDAnchorGenerator: whole percents from the second level on, the first by data set.
  const rule = (side: number, levels: number, least: number, first: number) => {
    const step = Math.floor((90 - least) / (levels - 2));
    const percents = Array.from({ length: levels }, (_, l) => least + l * step); // of the second level to one past the last
    return [first, ...percents].map((percent) => Math.floor((side * percent) / 100));
  };

  it.each([
    ['ssd300 coco', ssd300Anchors({ data: 'coco' }), rule(300, 6, 15, 7)],
    ['ssd300 voc', ssd300Anchors({ data: 'voc' }), rule(300, 6, 20, 10)],
    ['ssd512 coco', ssd512Anchors({ data: 'coco' }), rule(512, 7, 10, 4)],
    ['ssd512 voc', ssd512Anchors({ data: 'voc' }), rule(512, 7, 15, 7)],
  ])('of %s have the sizes of the published rule', (_, levels, wanted) => {
    const squares = levels.map(({ shapes }) => shapes[0]?.[0]);
    expect(squares).toEqual(wanted.slice(0, -1).map((size) => expect.closeTo(size, 9)));
    const last = levels.at(-1)?.shapes[1]?.[0] ?? 0; // the one between the last two
    const side = levels.length === 6 ? 300 : 512;
    const [size = 0, next = 0] = wanted.slice(-2);
    expect(last).toBeCloseTo(Math.min(side, Math.sqrt(size * next)), 9);
  });

  it('are the square, the one up to the next, then lying and upright', () => {
    const [level] = ssdAnchors({ inputSize: [100, 100], scales: [0.2, 0.4], ratios: [[4]] });
    expect(level?.shapes).toEqual([
      [20, 20],
      [expect.closeTo(20 * Math.SQRT2, 9), expect.closeTo(20 * Math.SQRT2, 9)],
      [expect.closeTo(10, 9), expect.closeTo(40, 9)], // height, width
      [expect.closeTo(40, 9), expect.closeTo(10, 9)],
    ]);
  });

  it('are no larger than the input unless they may be', () => {
    const options = { inputSize: [100, 200], scales: [0.9, 1.6], ratios: [[4]] } as const;
    expect(ssdAnchors(options)[0]?.shapes[3]).toEqual([100, expect.closeTo(90, 9)]); // 180 high before
    expect(ssdAnchors({ ...options, largest: 'any' })[0]?.shapes[3]).toEqual([
      expect.closeTo(180, 9),
      expect.closeTo(90, 9),
    ]);
  });

  it('have scales that rise evenly, as in the paper', () => {
    expect(evenScales(4, { smallest: 0.2, largest: 0.8 })).toEqual(
      [0.2, 0.4, 0.6, 0.8, 1].map((s) => expect.closeTo(s, 12)),
    );
    expect(() => evenScales(1)).toThrow('levels is 1');
  });

  it('say which lists do not go together', () => {
    const options = { inputSize: [8, 8], scales: [0.1, 0.2, 0.3], ratios: [[2], [2]] } as const;
    expect(() => ssdAnchors({ ...options, scales: [0.1, 0.2] })).toThrow('2 scales and ratios of 2 levels');
    expect(() => ssdAnchors({ ...options, steps: [8] })).toThrow('1 steps for 2 levels');
  });
});

describe("RetinaNet's anchors", () => {
  it('are three sides at each of three ratios, in whole pixels, on five levels', () => {
    const levels = retinaNetAnchors();
    expect(anchorsPerCell(levels)).toEqual([9, 9, 9, 9, 9]);
    expect(retinaNetSides.slice(0, 2)).toEqual([
      [32, 40, 50], // 32 * 2^(1/3) is 40.3, 32 * 2^(2/3) is 50.8
      [64, 80, 101],
    ]);
    // Height over width 1/2 first: 32 / sqrt(2) high and 32 * sqrt(2) wide, halves rounded, 11.3 and 22.6.
    expect(levels[0]?.shapes.slice(0, 4)).toEqual([
      [22, 46],
      [28, 56], // of 40: 14.1 and 28.3
      [36, 70], // of 50: 17.7 and 35.4
      [32, 32],
    ]);
  });

  it('are centred on the corners of the cells, a whole step apart', () => {
    const [level] = retinaNetAnchors({ sides: [[8]], ratios: [1] });
    const boxes = anchors({ levels: level ? [level] : [], maps: [{ height: 2, width: 3 }], inputSize: [21, 32] });
    const centres = Array.from({ length: 6 }, (_, k) => {
      const [y1, x1, y2, x2] = boxAt(boxes, k);
      return [(y1 + y2) / 2, (x1 + x2) / 2];
    });
    expect(centres).toEqual([0, 10].flatMap((y) => [0, 10, 20].map((x) => [y, x]))); // 21 / 2 and 32 / 3, rounded down
  });

  it('round a half to the even pixel', () => {
    const [level] = retinaNetAnchors({ sides: [[9, 11, 10]], ratios: [1] });
    expect(level?.shapes.map(([height]) => height)).toEqual([8, 12, 10]); // 4.5, 5.5 and 5
  });

  it('say what cannot be', () => {
    expect(() => retinaNetAnchors({ ratios: [1, 0] })).toThrow('ratios are [1,0]; give at least one, each above 0');
    expect(() => retinaNetAnchors({ sides: [[8], []] })).toThrow('sides of level 1 are []');
  });
});
