import '@tensorflow/tfjs-backend-cpu';
import {
  concat,
  conv2d,
  fill,
  image,
  matMul,
  relu,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ladder } from '../../examples/ladder.ts';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { block } from '../../src/core/block.ts';
import { baselineAnchors } from '../../src/detection/baselineAnchors.ts';
import { ssdHead } from '../../src/head/ssdHead.ts';
import { detector } from '../../src/model/detector.ts';
import { bifpn } from '../../src/neck/bifpn.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { type NetworkMapInput, networkMapSvg } from '../../src/picture/networkMap.ts';
import { type Summary, summary } from '../../src/trace/summary.ts';
import { xmlFaults } from './xml.ts';

/** A thing on the paper, pixels. */
interface Area {
  readonly what: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
type Segment = readonly [x1: number, y1: number, x2: number, y2: number];
const number = (tag: string, name: string) => Number(new RegExp(` ${name}="(-?[\\d.]+)"`).exec(tag)?.[1] ?? Number.NaN);

/** Boxes and circles of stations, texts as wide as a usual sans serif, and straight lines; the legend, which is shifted, is not there. */
function things(svg: string) {
  const plain = svg.replace(/<g transform.*?<\/g>/gs, '');
  const stations = [...plain.matchAll(/<(rect|circle) class="station[^>]*>/g)].map(([tag, shape]): Area => {
    const [x, y] = shape === 'rect' ? [number(tag, 'x'), number(tag, 'y')] : [number(tag, 'cx'), number(tag, 'cy')];
    const radius = number(tag, 'r');
    return shape === 'rect'
      ? { what: tag, left: x, top: y, right: x + number(tag, 'width'), bottom: y + number(tag, 'height') }
      : { what: tag, left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
  });
  const texts = [...plain.matchAll(/(<text[^>]*>)([^<]*)<\/text>/g)].map(
    ([, tag = '', text = '']): Area & { label: boolean } => {
      const size = number(tag, 'font-size');
      const wide = text.replace(/&#\d+;/g, 'x').length * size * 0.58;
      const [x, y] = [number(tag, 'x'), number(tag, 'y')];
      const left = tag.includes('middle') ? x - wide / 2 : x;
      return {
        what: text,
        left,
        top: y - 0.75 * size,
        right: left + wide,
        bottom: y + 0.2 * size,
        label: tag.includes('"label"'),
      };
    },
  );
  const lines = [...plain.matchAll(/class="line[^"]*" d="([^"]*)"/g)].flatMap(([, d = '']): Segment[] => {
    if (d.includes('C')) return [];
    const points = [...d.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    return points.slice(1).map(([x, y], i) => [points[i]?.[0] ?? 0, points[i]?.[1] ?? 0, x, y]);
  });
  const marks = [...plain.matchAll(/<rect class="mark"[^>]*>/g)].map(([tag]): Area => {
    const [left, top] = [number(tag, 'x'), number(tag, 'y')];
    return { what: 'a mark', left, top, right: left + 6, bottom: top + 6 };
  });
  return { stations, texts, lines, marks };
}
const meet = (a: Area, b: Area) =>
  a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
const pairs = <T>(list: readonly T[]) => list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));

/** What lies on what else, and should not. */
function collisions(svg: string): string[] {
  const { stations, texts, lines, marks } = things(svg);
  const labels = texts.filter(({ label }) => label);
  return [
    ...pairs(stations).filter(([a, b]) => meet(a, b)),
    ...pairs(texts).filter(([a, b]) => meet(a, b)),
    ...labels.flatMap((label) =>
      [...stations, ...marks].filter((station) => meet(label, station)).map((station) => [label, station] as const),
    ),
    ...labels.flatMap((label) =>
      lines
        .map(
          ([x1, y1, x2, y2]): Area => ({
            what: 'a line',
            left: Math.min(x1, x2) - 0.6,
            top: Math.min(y1, y2) - 0.6,
            right: Math.max(x1, x2) + 0.6,
            bottom: Math.max(y1, y2) + 0.6,
          }),
        )
        .filter((line) => meet(label, line))
        .map((line) => [label, line] as const),
    ),
    ...stations.flatMap((station) =>
      lines
        .filter(([x1, y1, x2, y2]) => {
          const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2]; // a line may end at a station, but not pass through
          return x > station.left + 1 && x < station.right - 1 && y > station.top + 1 && y < station.bottom - 1;
        })
        .map(() => [station, { what: 'a line' }] as const),
    ),
  ].map(([a, b]) => `${a.what} on ${b.what}`);
}

const labels = ['person'];
const inputSize = [128, 160] as const;
const shape = [1, 128, 160, 3];
const anchors = (count: number) => baselineAnchors({ sides: [16, 32, 48, 64, 80].slice(0, count) });
const models: Readonly<Record<string, () => Summary>> = {
  'rung 1': () => summary(ladder.vggBaseline(), [1, 512, 640, 3], { name: 'VGG' }),
  'rung 4': () => summary(ladder.highResolution(), [1, 512, 640, 3]),
  'rung 5': () => summary(ladder.fpn(), [1, 512, 640, 3]),
  'rung 6': () => summary(ladder.deconvFpn(), [1, 512, 640, 3]),
  'rung 7': () => summary(ladder.weightedFpn(), [1, 512, 640, 3]),
  "EfficientDet's neck": () =>
    summary(
      detector({
        backbone: efficientNetB0(),
        neck: bifpn({ from: 'P3', to: 'P7', channels: 64 }),
        head: ssdHead({ levels: ['P3', 'P4', 'P5', 'P6', 'P7'], anchors: anchors(5), labels }),
        inputSize,
      }),
      shape,
    ),
  "the paper's FPN": () =>
    summary(
      detector({
        backbone: efficientNetB0(),
        neck: fpn({ stages: ['C2', 'C3', 'C4', 'C5'], channels: 256 }),
        head: ssdHead({ levels: ['P2', 'P3', 'P4', 'P5'], anchors: anchors(4), labels }),
        inputSize,
      }),
      shape,
    ),
  'a pyramid of two levels': () => {
    const [backbone, neck] = [efficientNetB0().until(['C5']), fpn({ stages: ['C4', 'C5'], channels: 64 })];
    return summary(
      block({ backbone, neck }, (x: Tensor4D) => neck(backbone(x))),
      shape,
    );
  },
  'a backbone alone': () => summary(efficientNetB0(), [1, 64, 64, 3]),
  'a function without blocks': () => summary(unet, [1, 32, 32, 3]),
  'a function without maps': () => summary((x: Tensor2D) => matMul(relu(x), fill([4, 2], 1)), [1, 4]),
};
const conv = (x: Tensor4D, filters: number, stride = 1) =>
  relu(conv2d(x, fill([3, 3, x.shape[3], filters], 1), stride, 'same')) as Tensor4D;
const unet = (x: Tensor4D): { mask: Tensor } => {
  const fine = conv(x, 4);
  const coarse = conv(fine, 8, 2);
  return { mask: conv(concat([image.resizeBilinear(coarse, [32, 32]), fine], 3), 2) };
};

describe('the map of a network', () => {
  it.each(Object.keys(models))('is an SVG document in which nothing lies on anything else: %s', (name) => {
    const svg = networkMapSvg(models[name]?.() ?? ({} as Summary));
    expect(xmlFaults(svg)).toEqual([]);
    expect(collisions(svg)).toEqual([]);
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
    const { stations, texts } = things(svg);
    for (const { right, bottom, left, top, what } of [...stations, ...texts]) {
      expect(right, what).toBeLessThanOrEqual(Number(width));
      expect(bottom, what).toBeLessThanOrEqual(Number(height));
      expect(Math.min(left, top), what).toBeGreaterThanOrEqual(0);
    }
  });

  it('shows each fusion of the weighted pyramid, its way down and its way up', () => {
    const svg = networkMapSvg(summary(ladder.weightedFpn(), [1, 512, 640, 3], { name: 'rung 7' }));
    const fusions = svg.match(/<circle class="station g\d"/g) ?? [];
    expect(fusions).toHaveLength(8 + 6); // P6 to P3 down and P4 to P7 up, then those that P3, P4, P5 need
    const ways = (kind: string) => (svg.match(new RegExp(`class="line ${kind}"`, 'g')) ?? []).length - 1; // one in the legend
    expect(ways('down')).toBe(4 + 4); // into P6, P5, P4, P3 of each cell
    expect(ways('up')).toBe(7 + 4 + 2); // input to stem and stage by stage; P4 to P7; P4, P5
    expect(svg).toContain('max pool 3×3 where it enters a circle');
    expect(svg).toContain('to a finer map: nearest ×2');
    expect(svg).toContain('weighted sum, then separable 3×3');
    expect((svg.match(/class="line skip"/g) ?? []).length).toBe(3 + 2); // P4, P5, P6 over their middle node; then P4, P5
  });

  it('has a row for each size of map, the coarsest on top, with level, size and stride', () => {
    const svg = networkMapSvg(summary(ladder.fpn(), [1, 512, 640, 3]));
    const names = [...svg.matchAll(/x="16" y="([\d.]+)" font-size="13" font-weight="600">([^<]*)</g)];
    expect(names.map(([, , name]) => name)).toEqual(['C7 P7', 'C6 P6', 'C5 P5', 'C4 P4', 'C3 P3', 'C2', 'C1']);
    const heights = names.map(([, y]) => Number(y));
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect(svg).toContain('>16×20 · 1/32<');
  });

  it('writes shapes where they change, and names of parts above them', () => {
    const svg = networkMapSvg(summary(ladder.fpn(), [1, 512, 640, 3]));
    for (const text of [
      '64×80×56',
      '64×80×512',
      '256×320×24',
      'backbone',
      'topDown',
      'adapter',
      'head',
      'stage4',
      '40320×4',
    ])
      expect(svg).toContain(`>${text}<`);
    expect(svg.match(/>64×80×512</g)).toHaveLength(1);
  });

  it('is drawn from a file of the summary too, and escapes its names', () => {
    const made = summary(ladder.fpn(), [1, 512, 640, 3], { name: '<b>&' });
    const read: NetworkMapInput = JSON.parse(JSON.stringify(made));
    expect(networkMapSvg(read)).toBe(networkMapSvg(made));
    expect(xmlFaults(networkMapSvg(made))).toEqual([]);
    expect(networkMapSvg(made)).not.toContain('<b>');
    expect(networkMapSvg(made, { title: '' })).not.toContain('font-size="16"');
  });

  it('has colours for day, night and paper', () => {
    const svg = networkMapSvg(summary(efficientNetB0(), [1, 64, 64, 3]));
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg).toMatch(/\.pyramidion-map \.paper\{fill:#fff\}/);
    expect(svg).not.toMatch(/ id="/); // many may stand in one page
  });

  it('refuses what has no stations', () => {
    const empty = summary((x: Tensor) => [x].slice(1), [1, 4]);
    expect(() => networkMapSvg(empty)).toThrow(/networkMapSvg: the summary has no stations/);
  });
});
