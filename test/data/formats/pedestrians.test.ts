import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../../src/core/annotation.ts';
import { FormatError } from '../../../src/data/formatError.ts';
import { readCityPersons, readCityscapesPersons } from '../../../src/data/formats/cityPersons.ts';
import { readOdgt, readOdgtResults, writeOdgtResults } from '../../../src/data/formats/crowdHuman.ts';
import { readEuroCity } from '../../../src/data/formats/euroCity.ts';
import { readKaist, readKaistList, readKaistSanitized } from '../../../src/data/formats/kaist.ts';
import { readKaistJson } from '../../../src/data/formats/kaistJson.ts';
import { readKaistXml } from '../../../src/data/formats/kaistXml.ts';
import { readMotDetections, readMotTruth, writeMotDetections } from '../../../src/data/formats/mot.ts';
import { readMotSequence } from '../../../src/data/formats/motSequence.ts';
import { readWiderPerson } from '../../../src/data/formats/widerPerson.ts';
import { readMat } from '../../../src/data/mat.ts';
import { type MatValue, matCells, matField, matNumber, matNumbers, matVariable } from '../../../src/data/matValue.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from '../../../src/data/matWrite.ts';
import { readPascalText } from '../../../src/data/pascalText.ts';
import { sharedData } from '../shared.ts';
import { cityPersonsMat, compressedMat } from './cases.ts';
import { octaveCityPersons, octaveClasses } from './octave.ts';
import * as samples from './samples.ts';

describe('KAIST texts', () => {
  it('count pixels from (1, 1) and occlusion from 0 to 2; people, person? and cyclists are ignored, others dropped', () => {
    expect(readKaist(samples.kaistText)).toEqual([
      { box: [214, 287, 278, 313], label: 'person', occlusion: 'none' },
      {
        box: [214, 299.5, 274, 339.5],
        visible: [214, 299, 274, 319],
        label: 'people',
        ignore: 'a group of people',
        occlusion: 'partial',
      },
      { box: [199, 99, 259, 129], label: 'cyclist', ignore: 'a cyclist', occlusion: 'heavy' },
      { box: [19, 9, 59, 39], label: 'person?', ignore: 'perhaps a person', occlusion: 'none' },
    ]);
  });

  it('take cyclists for persons where they are paired, as AR-CNN does, and say so', () => {
    expect(readKaist('cyclist 100 200 30 60 0 0 0 0 0 0 0', { cyclists: 'person' })).toEqual([
      { box: [199, 99, 259, 129], label: 'person', occlusion: 'none', tags: ['cyclist'] },
    ]);
  });

  it('of the sanitized kind have corners, both inside', () => {
    expect(readKaistSanitized(samples.kaistSanitized)).toEqual([
      { box: [224, 288, 269, 309], label: 'person' },
      { box: [224, 309, 269, 330], label: 'ignore', ignore: 'a region to ignore' },
    ]);
  });

  it.each([
    ['an occlusion of 3', '% bbGt version=3\nperson 1 1 2 2 3', 'f: line 2: the occlusion is 3; it may be 0, 1 or 2'],
    ['a word for a number', 'person 1 1 NaN 2 0', 'f: line 1: value 3 is "NaN"; it must be a number'],
    ['a width below 0', 'person 9 9 -2 2 0', 'f: line 1 is at [y1 x1 y2 x2] = [8 8 10 6]'],
    ['too few values', '% bbGt version=3\nperson 1 1 2', 'f: line 2 is "person 1 1 2"; it must be label left top'],
    ['another head', '% vbb version=3\n', 'f: line 1 is "% vbb version=3"; it must be % bbGt version=3'],
  ])('with %s are refused', (_, text, message) => {
    expect(() => readKaist(text, { name: 'f' })).toThrow(message);
  });

  it('hand a wrong object to whom it may concern, and read the others', () => {
    const errors: FormatError[] = [];
    const objects = readKaist('person 1 1 x 2 0\nperson 1 1 2 2 0\n', {
      name: 'f',
      onBadObject: (e) => errors.push(e),
    });
    expect(objects.length).toBe(1);
    expect(errors.map(({ message }) => message)).toEqual(['f: line 1: value 3 is "x"; it must be a number']);
  });

  it('list frames by their names', () => {
    expect(readKaistList('set00/V000/I00001\r\nset11/V001/I01279\n')).toEqual([
      'set00/V000/I00001',
      'set11/V001/I01279',
    ]);
    expect(() => readKaistList('set00/V000/../I00001', 'f')).toThrow('f: line 1 is "set00/V000/../I00001"');
  });
});

describe('KAIST XML', () => {
  it('of both dialects gives the same box of the same person', () => {
    const [sides] = readKaistXml(samples.kaistXmlSides).objects;
    expect(sides).toEqual({ box: [212, 190, 255, 210], label: 'person', occlusion: 'partial' });
    expect(readKaistXml(samples.kaistXmlCorners)).toEqual({
      id: 'set00/V000/I01217',
      file: 'set00/V000/I01217',
      width: 640,
      height: 512,
      objects: [sides],
    });
    expect(readKaistXml(samples.kaistXmlSides).objects[1]?.ignore).toBe('a cyclist');
  });
});

describe('the KAIST JSON of the improved test set', () => {
  it('keeps boxes as the evaluation takes them, and its own ignore flag', () => {
    expect(readKaistJson(samples.kaistJson)[1]).toEqual({
      id: 'set06/V000/I00039',
      file: 'set06/V000/I00039',
      width: 640,
      height: 512,
      objects: [{ box: [226, 530, 276, 550], label: 'person', occlusion: 'heavy', ignore: 'marked to be ignored' }],
    });
  });

  const shared = sharedData('kaist/KAIST_annotation.json');
  it.skipIf(shared.absent)('has the published counts (where the shared data lie)', () => {
    const records = readKaistJson(readFileSync(shared.path, 'utf8'));
    const objects = records.flatMap((record) => record.objects);
    expect([records.length, objects.length]).toEqual([2252, 4254]); // specs: GT JSON
    expect(objects.filter(({ ignore }) => ignore !== undefined).length).toBe(864);
    const levels = ['none', 'partial', 'heavy'].map((level) => objects.filter((o) => o.occlusion === level).length);
    expect(levels).toEqual([3452, 534, 268]);
  });
});

describe('CityPersons', () => {
  it.each([
    ['plain', cityPersonsMat()],
    ['compressed', compressedMat(cityPersonsMat())],
  ])('in a %s MAT file: pedestrians count, the rest is ignored, a group has no visible box', async (_, bytes) => {
    const [one, two] = await readCityPersons(bytes);
    expect(one).toEqual({
      id: 'frankfurt_000000_000294',
      file: 'val/frankfurt/frankfurt_000000_000294_leftImg8bit.png',
      width: 2048,
      height: 1024,
      objects: [
        { box: [406, 947, 446, 964], visible: [407, 950, 446, 964], label: 'pedestrian', tags: ['instance=24000'] },
        { box: [20, 10, 60, 40], visible: [20, 10, 60, 40], label: 'ignore region', ignore: 'a region to ignore' },
        {
          box: [400, 7, 444, 20],
          label: 'people group',
          ignore: 'a group of people',
          crowd: true,
          tags: ['instance=24'],
        },
      ],
    });
    expect(two?.objects).toEqual([]);
  });

  it('of a file that Octave wrote has sums that its stored classes could not hold', async () => {
    const records = await readCityPersons(octaveCityPersons);
    expect(records.map(({ objects }) => objects.map(({ label, box }) => [label, box]))).toEqual([
      [
        ['pedestrian', [406, 947, 446, 964]],
        ['ignore region', [20, -89, 60, 211]],
      ],
      [],
      [['rider', [100, 200, 160, 300]]], // of uint8: 200 + 100
    ]);
    expect(records[2]?.file).toBe('train/aachen/aachen_000002_000019_leftImg8bit.png');
  });

  const good = {
    cityname: matChar('a'),
    im_name: matChar('a_leftImg8bit.png'),
    bbs: matDoubles([1, 1, 2, 3, 4, 5, 1, 2, 3, 4]),
  };
  const fileOf = (change: Readonly<Record<string, MatValue>>, variable = 'anno_val_aligned') =>
    writeMat([[variable, matCell([matStruct([{ ...good, ...change }])])]]);
  it.each([
    [
      'a row of nine',
      fileOf({ bbs: matDoubles([1, 1, 2, 3, 4, 5, 1, 2, 3]) }),
      'image 1: bbs is a 1x9 double; a row has 10',
    ],
    [
      'a class of 6',
      fileOf({ bbs: matDoubles([6, 1, 2, 3, 4, 5, 1, 2, 3, 4]) }),
      'image 1: row 1: the class is 6; it may be 0 to 5',
    ],
    ['a class of NaN', fileOf({ bbs: matDoubles([Number.NaN, 1, 2, 3, 4, 5, 1, 2, 3, 4]) }), 'row 1: the class is NaN'],
    [
      'a NaN in a box',
      fileOf({ bbs: matDoubles([1, Number.NaN, 2, 3, 4, 5, 1, 2, 3, 4]) }),
      'row 1 is at [y1 x1 y2 x2] = [2 NaN 6 NaN]',
    ],
    [
      'a width below 0',
      fileOf({ bbs: matDoubles([1, 1, 2, -3, 4, 5, 1, 2, 3, 4]) }),
      'row 1 is at [y1 x1 y2 x2] = [2 1 6 -2]',
    ],
    [
      'text for numbers',
      fileOf({ bbs: matChar('1234567890') }),
      'image 1: bbs is a 1x10 char; it must be an array of real numbers',
    ],
    [
      'a number for a name',
      fileOf({ im_name: matDoubles([1]) }),
      'image 1: im_name is a 1x1 double; it must be a row of char',
    ],
    [
      'an image outside',
      fileOf({ im_name: matChar('../../x.png') }),
      'image 1: im_name is "val/a/../../x.png"; it must be a path',
    ],
    [
      'cells in cells',
      writeMat([['anno_val_aligned', matCell([matCell([])])]]),
      'image 1 is a 1x0 cell; it must be a struct',
    ],
    [
      'another variable',
      fileOf({}, 'anno'),
      'there is no variable anno_train_aligned or anno_val_aligned; there is anno',
    ],
  ])('with %s is refused', async (_, bytes, message) => {
    const failure = readCityPersons(bytes, { name: 'f' });
    await expect(failure).rejects.toThrow(`f: ${message.startsWith('row') ? 'image 1: ' : ''}${message}`);
    await expect(failure).rejects.toBeInstanceOf(FormatError);
  });

  it("is the same in Cityscapes' JSON", async () => {
    const record = readCityscapesPersons(samples.cityscapesJson, { file: 'val/a/x_000000_000001_leftImg8bit.png' });
    expect(record.id).toBe('x_000000_000001');
    expect(record.objects.map(({ label, ignore }) => [label, ignore])).toEqual([
      ['pedestrian', undefined],
      ['ignore region', 'a region to ignore'],
      ['rider', 'a rider'],
      ['people group', 'a group of people'],
    ]);
    expect(record.objects[0]).toEqual((await readCityPersons(cityPersonsMat()))[0]?.objects[0]);
  });

  it.each([
    ['a class of 6', { label: 'dog' }, 'objects[0].label is "dog"; it may be ignore, pedestrian'],
    ['three sides', { bbox: [1, 2, 3] }, 'objects[0].bbox has 3 values; it must have 4'],
    ['a box of words', { bbox: ['1', 2, 3, 4] }, 'objects[0].bbox[0] is "1"; it must be a number'],
    ['a null in a box', { bbox: [null, 2, 3, 4] }, 'objects[0].bbox[0] is null; it must be a number'],
  ])('with %s is refused', (_, change, message) => {
    const object = { instanceId: 1, bbox: [1, 2, 3, 4], bboxVis: [1, 2, 3, 4], label: 'pedestrian', ...change };
    const text = JSON.stringify({ imgWidth: 2, imgHeight: 2, objects: [object] });
    expect(() => readCityscapesPersons(text, { name: 'f', file: 'a.png' })).toThrow(`f: ${message}`);
  });

  const shared = sharedData('citypersons/anno_val.mat');
  it.skipIf(shared.absent)('has the counts of the validation set (where the shared data lie)', async () => {
    const records = await readCityPersons(shared.read());
    const objects = records.flatMap((record) => record.objects);
    expect([records.length, objects.length]).toEqual([500, 5795]); // val_gt.json of the evaluation
    expect(objects.filter(({ ignore }) => ignore === undefined).length).toBe(3157);
    expect(objects.filter(({ crowd }) => crowd).length).toBe(226); // iscrowd there
    expect(Math.min(...objects.map(({ box }) => box[1]))).toBe(-89); // full boxes leave the image
    const area = ([y1, x1, y2, x2]: Box) => (y2 - y1) * (x2 - x1);
    const count = (height: readonly [number, number], seen: readonly [number, number]) =>
      objects.filter(({ box, visible = box, ignore }) => {
        const [tall, share] = [box[2] - box[0], area(visible) / area(box)];
        const fits = tall >= height[0] && tall <= height[1] && share >= seen[0] && share <= seen[1];
        return ignore === undefined && fits;
      }).length;
    // Reasonable, small, heavy and All by eval_MR_multisetup.py on val_gt.json
    const settings = [
      count([50, Infinity], [0.65, Infinity]),
      count([50, 75], [0.65, Infinity]),
      count([50, Infinity], [0.2, 0.65]),
      count([20, Infinity], [0.2, Infinity]),
    ];
    expect(settings).toEqual([1579, 351, 735, 2875]);
  });
});

describe('a MAT file of Octave', () => {
  it('has every class that numbers come in, and a sparse array that is refused where it is asked for', async () => {
    const variables = await readMat(octaveClasses);
    expect([...variables.keys()]).toEqual(['s', 'z', 'l', 't', 'e', 'st', 'w']);
    const of = (name: string) => matVariable(variables, name, 'f');
    expect(of('z')).toMatchObject({ class: 'int64', values: BigInt64Array.of(2n ** 53n + 1n) });
    expect(of('l')).toMatchObject({ kind: 'logical', values: Uint8Array.of(1, 0) });
    expect(of('t')).toMatchObject({ class: 'single', values: Float32Array.of(1.5) });
    expect([1, 2, 3].map((_, i) => matNumber(matField(of('st'), 'a', 'f', i), 'f'))).toEqual([1, 2, 3]);
    expect(() => matNumbers(of('s'), 'f: s')).toThrow('f: s is a sparse array; it must be an array of real numbers');
    expect(() => matNumbers(of('w'), 'f: w')).toThrow('f: w is a 1x1 double; it must be an array of real numbers');
    expect(() => matCells(of('z'), 'f: z')).toThrow('f: z is a 1x1 int64; it must be a cell array');
  });
});

describe('EuroCity Persons', () => {
  const file = 'amsterdam/amsterdam_00001.png';

  it('keeps its tags, and ignores riders, regions and who sits', () => {
    const { objects, ...image } = readEuroCity(samples.euroCityJson, { file });
    expect(image).toEqual({ id: 'amsterdam_00001', file, width: 1920, height: 1024 });
    expect(objects[0]).toEqual({
      box: [164, 677.5, 195, 690],
      label: 'pedestrian',
      occlusion: 'partial',
      tags: ['occluded>10', 'orient=-40.5'],
    });
    expect(objects.map(({ label, ignore, occlusion }) => [label, ignore, occlusion])).toEqual([
      ['pedestrian', undefined, 'partial'],
      ['pedestrian', undefined, 'heavy'],
      ['pedestrian', 'sitting-lying', 'none'],
      ['rider', 'a rider', 'none'],
      ['person-group-far-away', 'a region to ignore', 'none'],
    ]);
  });

  it('lists vehicles after their riders when asked', () => {
    const labels = readEuroCity(samples.euroCityJson, { file, vehicles: 'keep' }).objects.map(({ label }) => label);
    expect(labels.slice(3, 5)).toEqual(['rider', 'bicycle']);
  });

  it('finds the frame of a converted file', () => {
    const inner = `{"@converter": "x", "children": [{"children": [${samples.euroCityJson}]}]}`;
    expect(readEuroCity(inner, { file }).objects.length).toBe(5);
    expect(() => readEuroCity('{"children": []}', { file, name: 'f' })).toThrow('f: there is no frame');
  });
});

describe('CrowdHuman', () => {
  it('gives full boxes that may leave the image, what is seen of them, and masks to ignore', () => {
    const [one, two] = [...readOdgt(samples.odgt)];
    expect(one?.id).toBe('273271,c9db000d5146c15');
    expect(one?.file).toBe('273271,c9db000d5146c15.jpg');
    expect(one?.objects).toEqual([
      { box: [123, -61, 576, 130], visible: [126, 62, 572, 216], label: 'person', tags: ['box_id=0'] },
      { box: [18, 5, 68, 25], visible: [18, 5, 68, 25], label: 'person', tags: ['box_id=1'] },
      { box: [2, 1, 6, 4], visible: [2, 1, 6, 4], label: 'mask', ignore: 'a crowd or no person' },
    ]);
    expect(two?.objects).toEqual([]);
  });

  it('gives heads, those ignored that are marked so', () => {
    const [one] = [...readOdgt(samples.odgt, { part: 'head' })];
    expect(one?.objects.map(({ label, ignore }) => [label, ignore])).toEqual([
      ['head', undefined],
      ['head', 'marked to be ignored'],
      ['mask', 'a crowd or no person'],
    ]);
  });

  it('is read line by line, so that a wrong line is met when it is reached', () => {
    const lines = readOdgt(`${samples.odgt}{"ID": 1`, { name: 'f' });
    expect(lines.next().done).toBe(false);
    lines.next();
    expect(() => lines.next()).toThrow(/^f: line 3: .* is no JSON/);
  });

  it('brings results back as they were', () => {
    const { id, detections } = readOdgtResults(samples.odgtResults);
    expect(detections).toEqual([{ box: [2, 1.5, 42, 31.5], score: 0.75, label: 'person' }]);
    expect(readOdgtResults(writeOdgtResults(id, detections))).toEqual({ id, detections });
  });

  it('refuses an image outside', () => {
    expect(() => [...readOdgt('{"ID": "../../x", "gtboxes": []}', { name: 'f' })]).toThrow(
      'f: line 1: ID is "../../x"; it must be a path inside the data set',
    );
  });
});

describe('WiderPerson', () => {
  it('has five classes of which three count', () => {
    expect(readWiderPerson(samples.widerPerson)).toEqual([
      { box: [20, 10, 60, 30], label: 'pedestrian' },
      { box: [0, 0, 30, 12], label: 'rider' },
      { box: [50, 50, 90, 90], label: 'ignore region', ignore: 'a region to ignore' },
      { box: [2, 1, 4, 3], label: 'crowd', ignore: 'a crowd', crowd: true },
    ]);
  });

  it('ignores a box that encloses nothing, as some published ones', () => {
    expect(readWiderPerson('1\n1 5 5 5 9\n')[0]).toMatchObject({ ignore: 'an empty box' });
  });

  it.each([
    ['another count', '2\n1 1 2 3 4\n', 'f: the text promises 2 objects and has 1; was it cut?'],
    ['a class of 6', '1\n6 1 2 3 4\n', 'f: line 2 is "6 1 2 3 4"; it must be class 1 to 5'],
    ['corners that changed places', '1\n1 9 2 3 4\n', 'f: line 2 is at [y1 x1 y2 x2] = [2 9 4 3]'],
    ['nothing', '', 'f: the text is empty'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readWiderPerson(text, { name: 'f' })).toThrow(message);
  });
});

describe('INRIA', () => {
  it('counts pixels from (0, 0), as its files say; a corner at the width ends with the image', () => {
    const { file, objects } = readPascalText(samples.inriaText, { label: () => 'person' });
    expect(file).toBe('Train/pos/crop_000010.png');
    expect(objects).toEqual([
      { box: [127, 194, 648, 414], label: 'person' },
      { box: [0, 0, 720, 594], label: 'person' },
    ]);
  });
});

describe('MOT', () => {
  it('counts frames and pixels from 1; only pedestrians that are flagged count', () => {
    const frames = readMotTruth(samples.motTruth);
    expect([...frames.keys()]).toEqual([1, 2]);
    expect(frames.get(1)).toEqual([
      { box: [483, 911, 592, 1008], label: 'static person', ignore: 'a static person', occlusion: 'none', track: 1 },
      { box: [417, 1337, 796, 1504], label: 'pedestrian', occlusion: 'partial', track: 2 },
    ]);
    expect(frames.get(2)?.map(({ occlusion }) => occlusion)).toEqual(['none', 'heavy']);
  });

  it('of 2015 has a place in the world where later ones have a class', () => {
    expect(readMotTruth(samples.motTruth15).get(1)).toEqual([
      { box: [199, 99, 259, 129], label: 'pedestrian', track: 1 },
    ]);
  });

  it('brings detections back as they were', () => {
    const frames = readMotDetections(samples.motDetections);
    expect(frames.get(3)?.[0]).toMatchObject({ score: 29.4, label: 'pedestrian' });
    expect(readMotDetections(writeMotDetections(frames))).toEqual(frames);
  });

  it('describes a sequence', () => {
    expect(readMotSequence(samples.motInfo)).toEqual({
      name: 'MOT17-02-DPM',
      directory: 'img1',
      ending: '.jpg',
      frames: 3,
      width: 1920,
      height: 1080,
    });
    expect(() => readMotSequence(samples.motInfo.replace('imDir=img1', 'imDir=../x'), 'f')).toThrow(
      'both must be plain names',
    );
    expect(() => readMotSequence(samples.motInfo.replace('seqLength=3', 'seqLength=1e12'), 'f')).toThrow(
      'f: seqLength is 1000000000000; it may be 1 to 10000000',
    );
  });

  it.each([
    ['frame 0', '0,1,1,1,2,2,1,-1,-1,-1', 'f: line 1: the frame is "0"; it must be a whole number of at least 1'],
    ['five values', '1,1,1,1,2', 'f: line 1 is "1,1,1,1,2"; it must be frame,id,left'],
    ['a class of 14', '1,1,1,1,2,2,1,14,1', 'f: line 1: the class is 14; it may be 1 to 13'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readMotTruth(text, { name: 'f' })).toThrow(message);
    expect(() => readMotTruth(text, { name: 'f' })).toThrow(FormatError);
  });
});
