import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kaistIsThere, kaistMlpd } from '../../bench/kaistMlpd.ts';
import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import { readCityPersons } from '../../src/data/formats/cityPersons.ts';
import { benchmarkResults } from '../../src/evaluate/benchmarkResults.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';
import { matchImage } from '../../src/evaluate/matching.ts';
import { missRate } from '../../src/evaluate/missRate.ts';
import type { Protocol } from '../../src/evaluate/protocol.ts';
import { benchmarkProtocol, benchmarkProtocols } from '../../src/evaluate/protocols.ts';
import { streetScenes } from './streetScenes.ts';

const cityPersons = new URL('../../../shared/data/citypersons/anno_val.mat', import.meta.url);

const at = (y: number, x: number, h: number, w: number): Box => [y, x, y + h, x + w];
const object = (box: Box, label: string, more: Partial<Annotation> = {}): Annotation => ({ box, label, ...more });
const found = (box: Box, score: number, label = 'pedestrian'): Detection => ({ box, score, label });
/** Which objects count, and which detections count. */
function judge(
  protocol: Protocol,
  truths: Annotation[],
  detections: Detection[] = [],
  size?: readonly [number, number],
) {
  const image: EvaluatedImage = { truths, detections, ...(size && { size }) };
  const matches = matchImage(image, protocol);
  return { counted: [...matches.counted], hits: matches.detections.map(({ hit }) => hit) };
}

describe('the table of protocols', () => {
  it('has each row once, with its source', () => {
    const names = benchmarkProtocols.map(({ benchmark, name }) => `${benchmark} ${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { source } of benchmarkProtocols) expect(source).not.toBe('');
  });
  it("has Caltech's 18 settings", () => {
    const rows = benchmarkProtocols.filter(({ benchmark }) => benchmark === 'Caltech');
    expect(rows).toHaveLength(18); // exps of dbEval.m 3.2.1
    expect(benchmarkProtocol('Caltech', 'Overlap=75').overlap).toBe(0.75);
    expect(benchmarkProtocol('Caltech', 'Expand=150').expand).toBe(1.5);
  });
  it('has no miss rate where no object counts', () => {
    const image = { truths: [object(at(100, 100, 60, 25), 'pedestrian')], detections: [] };
    const rates = benchmarkResults([image], 'EuroCity').map(({ result }) => result?.logAverage);
    expect(rates).toEqual([1, 1, undefined, 1]); // nobody is occluded
    expect(() => benchmarkResults([], 'EuroCity')).toThrow(/images is empty/);
  });
  it('tells what it has where a row is not there', () => {
    expect(() => benchmarkProtocol('CityPersons', 'Near')).toThrow(/CityPersons has no Near; it has Reasonable, Small/);
  });
});

/** The JSON's boxes count from 1. */
const fromZero = (images: readonly EvaluatedImage[]): EvaluatedImage[] => {
  const less = <T extends { readonly box: Box }>(one: T): T => ({
    ...one,
    box: [one.box[0] - 1, one.box[1] - 1, one.box[2] - 1, one.box[3] - 1],
  });
  return images.map((image) => ({ ...image, truths: image.truths.map(less), detections: image.detections.map(less) }));
};

describe.skipIf(!kaistIsThere)('KAIST, MLPD (needs ../shared/data/kaist)', () => {
  const images = kaistIsThere ? kaistMlpd() : [];
  it.each([
    // evaluation.md, 3.3: exact references; truths of the annotation file
    ['Reasonable', 7.5756, 1455],
    ['Reasonable_day', 7.95, 989],
    ['Reasonable_night', 6.9476, 466],
    ['Reasonable_small', 11.6895, 1055],
    ['Reasonable_occ=heavy', 45.2028, 161],
    ['All', 29.5236, 3276],
  ] as const)('%s: %d %% of %d', (name, percent, truths) => {
    const result = missRate(images, benchmarkProtocol('KAIST Sejong', name));
    expect(result.truths).toBe(truths);
    expect(100 * result.logAverage).toBeCloseTo(percent, 4);
  });
  it('has a table of all its settings', () => {
    const rows = benchmarkResults(images, 'KAIST Sejong');
    const rates = rows.map(({ protocol, result }) => [protocol.name, (100 * (result?.logAverage ?? 0)).toFixed(2)]);
    expect(rates).toEqual([
      ['Reasonable', '7.58'],
      ['Reasonable_day', '7.95'],
      ['Reasonable_night', '6.95'],
      ['Reasonable_small', '11.69'],
      ['Reasonable_occ=heavy', '45.20'],
      ['All', '29.52'],
    ]);
  });
  it('has the images of day and night by their sets', () => {
    const count = (name: string) => missRate(images, benchmarkProtocol('KAIST', name)).images;
    expect([count('Reasonable-day'), count('Reasonable-night')]).toEqual([1455, 797]); // pedestrian-data.md, 2.4
  });
  it('has people that are near, medium and far', () => {
    const people = images
      .flatMap(({ truths }) => truths)
      .filter(({ ignore, occlusion, box: [y1, x1, y2, x2] }) => {
        const inside = y1 >= 5 && x1 >= 5 && y2 <= 507 && x2 <= 635;
        return ignore === undefined && occlusion === 'none' && inside;
      });
    const between = (from: number, to: number) =>
      people.filter(({ box: [y1, , y2] }) => y2 - y1 >= from && y2 - y1 <= to).length;
    const shifted = fromZero(images); // as the readers of the texts have them
    for (const [name, from, to] of [
      ['near', 115, 1e9],
      ['medium', 45, 115],
      ['far', 1, 45],
    ] as const)
      expect(missRate(shifted, benchmarkProtocol('KAIST', `Scale=${name}`)).truths).toBe(between(from, to));
  });
  it('is the same under the settings of MATLAB, whose boxes count from 0 here', () => {
    for (const [name, percent] of [
      ['all', 7.5756],
      ['day', 7.95],
      ['night', 6.9476],
    ] as const) {
      const result = missRate(fromZero(images), benchmarkProtocol('KAIST', `Reasonable-${name}`));
      expect(100 * result.logAverage).toBeCloseTo(percent, 4);
    }
  });
  it('asks for ids where only some sets count', () => {
    const nameless = images.map(({ truths, detections }) => ({ truths, detections }));
    expect(() => missRate(nameless, benchmarkProtocol('KAIST', 'Reasonable-day'))).toThrow(
      /image 0 has the id undefined/,
    );
  });
});

describe.skipIf(!existsSync(cityPersons))('CityPersons, validation (needs ../shared/data/citypersons)', () => {
  it.each([
    // evaluation.md, 3.4: non-ignored boxes of val_gt.json
    ['Reasonable', 1579],
    ['Small', 351],
    ['Heavy', 735],
    ['All', 2875],
    ['Bare', 769],
    ['Partial', 814],
  ] as const)('%s has %d people', async (name, people) => {
    const records = await readCityPersons(new Uint8Array(readFileSync(cityPersons)));
    const images = records.map(({ objects }) => ({ truths: objects, detections: [] }));
    const result = missRate(images, benchmarkProtocol('CityPersons', name));
    expect([result.images, result.truths, result.logAverage]).toEqual([500, people, 1]);
  });
});

describe('the miss rate of 150 frames of streets', () => {
  it.each([
    // ECPB, eval.py: nof_gts, dets and log_avg_mr_reference_implementation, other road users ignored
    ['EuroCity', 21, 'Reasonable', 291, 503, 0.7555979485347457],
    ['EuroCity', 21, 'Small', 98, 202, 0.7141402470806892],
    ['EuroCity', 21, 'Occluded', 90, 295, 0.7622316584645913],
    ['EuroCity', 21, 'All', 512, 759, 0.8009330292825716],
    // CityPersons 839c22f, eval_MR_multisetup.py, each set-up from files read anew; its rounded references meet the same points
    ['CityPersons', 22, 'Reasonable', 313, 368, 0.738669828542933],
    ['CityPersons', 22, 'Small', 80, 115, 0.5848152816222574],
    ['CityPersons', 22, 'Heavy', 167, 263, 0.717651017292738],
    ['CityPersons', 22, 'All', 671, 715, 0.7935768973448503],
  ] as const)("is that of %s' own program (seed %d, %s)", (benchmark, seed, name, truths, detections, rate) => {
    const result = missRate(streetScenes(150, seed, benchmark), benchmarkProtocol(benchmark, name));
    expect([result.truths, result.detections]).toEqual([truths, detections]);
    expect(result.logAverage).toBeCloseTo(rate, 14);
  });
});

describe('Caltech', () => {
  it('tests the aspect of the box as it was marked, ends excluded', () => {
    const boxes = [0.41, 0.5, 0.52, 0.3].map((aspect, i) =>
      object(at(100, 100 + 100 * i, 100, 100 * aspect), 'person'),
    );
    expect(judge(benchmarkProtocol('Caltech', 'Ar=typical'), boxes).counted).toEqual([0, 1]);
    expect(judge(benchmarkProtocol('Caltech', 'Ar=atypical'), boxes).counted).toEqual([2, 3]);
    expect(judge(benchmarkProtocol('Caltech', 'Ar=all'), boxes).counted).toEqual([0, 1, 2, 3]);
  });
  it('has its border at 5 pixels, counted from 1', () => {
    // l >= 5 and l + w <= 635 of dbEval.m, whose l is one more than x1
    const edges = [4, 3.5].map((x) => object(at(100, x, 80, 33), 'person'));
    const right = [634, 634.5].map((x) => object([100, x - 33, 180, x], 'person'));
    expect(judge(benchmarkProtocol('Caltech', 'Reasonable'), [...edges, ...right]).counted).toEqual([0, 2]);
  });
  it('ends its heights before the greatest, the new annotations with it', () => {
    const people = [50, 75].map((height) => object(at(100, 100, height, 30), 'person'));
    expect(judge({ ...benchmarkProtocol('Caltech', 'Reasonable'), height: [50, 75] }, people).counted).toEqual([0]);
    expect(judge(benchmarkProtocol('Caltech new', 'Small'), people).counted).toEqual([0, 1]);
  });
  it('keeps a height of 50 that sums have made a little less', () => {
    const [y1, height] = [100.2, 50];
    expect(y1 + height - y1).toBeLessThan(50);
    expect(
      judge(benchmarkProtocol('Caltech', 'Reasonable'), [object(at(y1, 100, height, 20), 'person')]).counted,
    ).toEqual([0]);
  });
  it("reads the new annotations' visible boxes as bbLoad does", () => {
    const box = at(100, 100, 80, 33);
    const hidden = object(box, 'person', { visible: box, occlusion: 'partial' }); // bbv == bb: nothing is seen
    const unhidden = object(box, 'person', { visible: at(100, 100, 40, 33), occlusion: 'none' }); // ~occ: all is seen
    expect(judge(benchmarkProtocol('Caltech new', 'Reasonable'), [hidden, unhidden]).counted).toEqual([1]);
    expect(judge(benchmarkProtocol('Caltech', 'Reasonable'), [hidden, unhidden]).counted).toEqual([0]);
  });
  it('does not bring detections on the new annotations to .41', () => {
    const [person, wide] = [object(at(100, 100, 100, 41), 'person'), found(at(100, 80, 100, 83), 0.9, 'person')];
    expect(judge(benchmarkProtocol('Caltech', 'Reasonable'), [person], [wide]).hits).toEqual([true]);
    expect(judge(benchmarkProtocol('Caltech new', 'Reasonable'), [person], [wide]).hits).toEqual([false]);
  });
});

describe('EuroCity', () => {
  const reasonable = benchmarkProtocol('EuroCity', 'Reasonable');
  const place = at(100, 100, 60, 25);
  const tagged = (...tags: string[]) => object(place, 'pedestrian', { tags });
  it.each([
    ['Reasonable', [0, 1]],
    ['Small', [0, 1]],
    ['Occluded', [2]],
    ['All', [0, 1, 2]],
  ] as const)('%s goes by the tags of what is hidden or cut off', (name, counted) => {
    const people = [tagged(), tagged('occluded>10'), tagged('occluded>40'), tagged('occluded>80')];
    expect(judge(benchmarkProtocol('EuroCity', name), people).counted).toEqual(counted);
    expect(judge(benchmarkProtocol('EuroCity', 'All'), [tagged('truncated>80')]).counted).toEqual([]);
  });
  it('ignores a detection with half of itself in a group, but on a rider only by IoU', () => {
    const inside = found(at(100, 100, 50, 20), 0.9);
    const large = at(90, 90, 200, 200);
    const base = object(at(500, 500, 60, 25), 'pedestrian');
    const region = object(large, 'person-group-far-away', { ignore: 'a region to ignore' });
    const rider = object(large, 'rider', { ignore: 'a rider' });
    expect(judge(reasonable, [base, region], [inside]).hits).toEqual([]);
    expect(judge(reasonable, [base, rider], [inside]).hits).toEqual([false]);
    expect(judge(reasonable, [base, rider], [found(at(95, 95, 190, 190), 0.9)]).hits).toEqual([]);
  });
  it('drops depictions and what is no person, so that a detection on them is false', () => {
    const base = object(at(500, 500, 60, 25), 'pedestrian');
    const poster = object(place, 'person-group-far-away', { ignore: 'a region to ignore', tags: ['depiction'] });
    const bicycle = object(place, 'bicycle', { ignore: 'not a person' });
    for (const other of [poster, bicycle])
      expect(judge(reasonable, [base, other], [found(place, 0.9)]).hits).toEqual([false]);
  });
  it('ignores who sits, lies or is behind glass', () => {
    const sitting = object(place, 'pedestrian', { ignore: 'sitting-lying', tags: ['sitting-lying'] });
    expect(judge(reasonable, [sitting], [found(place, 0.9)])).toEqual({ counted: [], hits: [] });
  });
  it('cuts boxes to the frame before their height is taken', () => {
    const low = object(at(990, 100, 60, 25), 'pedestrian'); // 34 of 60 rows are in the frame of 1024
    expect(judge(reasonable, [low]).counted).toEqual([]);
    expect(judge(benchmarkProtocol('EuroCity', 'Small'), [low]).counted).toEqual([0]);
  });
  it('leaves out detections of 40 / 1.25 pixels, which Caltech would count', () => {
    const [base, small] = [tagged(), found(at(500, 500, 32, 13), 0.9)];
    expect(judge(reasonable, [base], [small]).hits).toEqual([]);
    expect(judge(reasonable, [base], [found(at(500, 500, 32.5, 13), 0.9)]).hits).toEqual([false]);
  });
});

describe('CrowdHuman', () => {
  const body = benchmarkProtocol('CrowdHuman', 'Full body');
  const [person, mask] = [
    object(at(100, 100, 80, 40), 'person'),
    object(at(300, 300, 80, 40), 'mask', { ignore: 'a crowd' }),
  ];
  it('wants more than half of the union', () => {
    const half = found(at(100, 100, 40, 40), 0.9, 'person');
    const more = found(at(100, 100, 41, 40), 0.9, 'person');
    expect(judge(body, [person], [half], [600, 600]).hits).toEqual([false]);
    expect(judge(body, [person], [more], [600, 600]).hits).toEqual([true]);
  });
  it('cuts boxes to their image, whose size it asks for', () => {
    const low = object(at(550, 100, 100, 40), 'person');
    const inside = found(at(550, 100, 50, 40), 0.9, 'person');
    expect(judge(body, [low], [inside], [600, 600]).hits).toEqual([true]);
    expect(() => judge(body, [low], [inside])).toThrow(/give each image its size/);
  });
  it('ignores what is mostly in a mask', () => {
    expect(judge(body, [person, mask], [found(at(300, 300, 30, 30), 0.9, 'person')], [600, 600]).hits).toEqual([]);
  });
  it('takes the miss rate at the first point that reaches a reference', () => {
    const detections = [found(at(100, 100, 80, 40), 0.9, 'person'), found(at(400, 100, 80, 40), 0.8, 'person')];
    const image = { truths: [person, object(at(200, 400, 80, 40), 'person')], detections, size: [600, 600] } as const;
    // 1/2 is missed at 0 false positives an image, 1/2 at 1; a first false positive would be beyond all others
    expect(missRate([image], body).logAverage).toBeCloseTo(0.5, 12);
    const worse = { ...image, detections: detections.map((one, i) => ({ ...one, score: i })) };
    expect(missRate([worse], body).references.map(({ missRate: rate }) => rate)).toEqual(Array(9).fill(1)); // at fppi 1, before the hit
  });
});
