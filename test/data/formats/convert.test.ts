import { describe, expect, it } from 'vitest';
import { readBbGt } from '../../../src/data/bbGt.ts';
import { readCoco } from '../../../src/data/formats/coco.ts';
import { convert } from '../../../src/data/formats/convert.ts';
import type { ConvertSample } from '../../../src/data/formats/convertOptions.ts';
import { readOdgt } from '../../../src/data/formats/crowdHuman.ts';
import { readFolderData } from '../../../src/data/formats/folder.ts';
import { readKaist } from '../../../src/data/formats/kaist.ts';
import { isInside } from '../../../src/data/formats/path.ts';
import { relabel } from '../../../src/data/formats/relabel.ts';
import { readVoc } from '../../../src/data/formats/voc.ts';
import { readYolo } from '../../../src/data/formats/yolo.ts';
import { readYoloData } from '../../../src/data/formats/yoloData.ts';
import * as samples from './samples.ts';

const size = { width: 640, height: 512 };
const file = { ending: 'jpg', read: async () => new Uint8Array() };
const person = { box: [10, 20, 60, 40], label: 'person' } as const;
const plain: readonly ConvertSample[] = [
  { id: 'set00/V000/I00001', ...size, objects: [person], file },
  { id: 'set00/V000/I00003', ...size, objects: [] },
];
/** All that an annotation can say. */
const rich: readonly ConvertSample[] = [
  {
    id: 'a',
    ...size,
    objects: [
      {
        box: [10.5, -5, 60, 40],
        visible: [10, 20, 30, 40],
        label: 'sitting person',
        occlusion: 'heavy',
        track: 7,
        tags: ['x'],
        area: 3,
      },
      { box: [0, 0, 9, 9], label: 'crowd', ignore: 'a crowd of people', crowd: true },
      { box: [600, 0, 700, 9], label: 'person' },
    ],
  },
];
const all = ['coco', 'voc', 'yolo', 'bbgt', 'folder'] as const;
const text = (files: ReadonlyMap<string, string>, path: string) => {
  const found = files.get(path);
  if (found === undefined) throw new RangeError(`there is no ${path} among ${[...files.keys()].join(', ')}`);
  return found;
};

describe('relabel', () => {
  it('renames, drops, and keeps the rest, even a label that every object has a field of', () => {
    const objects = ['pedestrian', 'rider', 'car', 'constructor'].map((label) => ({ ...person, label }));
    const [sample] = relabel([{ id: 'a', objects }], { pedestrian: 'person', rider: null });
    expect(sample?.objects.map(({ label }) => label)).toEqual(['person', 'car', 'constructor']);
    expect(objects[0]?.label).toBe('pedestrian'); // what is given is not changed
  });
});

describe('convert', () => {
  it('puts texts, lists and images where each form has them', () => {
    const paths = (to: (typeof all)[number]) => {
      const { files, images } = convert(plain, { to });
      return [...files.keys(), ...images.map(({ path }) => path)];
    };
    const [one, two] = ['set00_V000_I00001', 'set00_V000_I00003'];
    expect(paths('coco')).toEqual(['annotations/instances_train.json', `train/${one}.jpg`, `train/${two}.png`]);
    expect(paths('voc')).toEqual([
      `Annotations/${one}.xml`,
      `Annotations/${two}.xml`,
      'ImageSets/Main/train.txt',
      `JPEGImages/${one}.jpg`,
      `JPEGImages/${two}.png`,
    ]);
    expect(paths('yolo')).toEqual([
      `labels/train/${one}.txt`,
      `labels/train/${two}.txt`,
      'data.yaml',
      `images/train/${one}.jpg`,
      `images/train/${two}.png`,
    ]);
    expect(paths('bbgt')).toEqual([
      `train/annotations/${one}.txt`,
      `train/annotations/${two}.txt`,
      'train.txt',
      `train/images/${one}.jpg`,
      `train/images/${two}.png`,
    ]);
    expect(paths('folder')).toEqual(['data.json', `images/${one}.jpg`, `images/${two}.png`]);
  });

  it('loses nothing of plain boxes, in any form', () => {
    for (const to of all) expect(convert(plain, { to }).lost).toEqual([]);
  });

  it.each([
    ['coco', []],
    ['folder', []],
    ['voc', ['visible boxes', 'occlusion levels', 'why objects are ignored', 'tracks', 'tags', 'areas', 'crowd marks']],
    [
      'yolo',
      [
        'visible boxes',
        'occlusion levels',
        'ignored objects',
        'tracks',
        'tags',
        'areas',
        'parts of boxes outside the image',
      ],
    ],
    [
      'bbgt',
      [
        'why objects are ignored',
        'tracks',
        'tags',
        'areas',
        'crowd marks',
        'labels of several words',
        'fractions of a pixel',
      ],
    ],
  ] as const)('tells what %s cannot hold', (to, lost) => {
    expect(convert(rich, { to }).lost).toEqual(lost);
  });

  it('to COCO and the own form brings back every word', () => {
    const [back] = readCoco(text(convert(rich, { to: 'coco' }).files, 'annotations/instances_train.json')).images;
    expect(back?.objects).toEqual(rich[0]?.objects);
    const [own] = readFolderData(text(convert(rich, { to: 'folder' }).files, 'data.json')).images;
    expect(own).toMatchObject({ id: 'a', file: 'images/a.png', objects: rich[0]?.objects });
  });

  it('to VOC brings back boxes, labels and what is ignored', () => {
    const back = readVoc(text(convert(rich, { to: 'voc' }).files, 'Annotations/a.xml'));
    expect(back).toMatchObject({ id: 'a', file: 'a.png', ...size });
    expect(back.objects.map(({ box, label, ignore }) => [box, label, ignore])).toEqual([
      [[10.5, -5, 60, 40], 'sitting person', undefined],
      [[0, 0, 9, 9], 'crowd', 'difficult'],
      [[600, 0, 700, 9], 'person', undefined],
    ]);
  });

  it('to YOLO keeps what counts and lies in the image', () => {
    const { files } = convert(rich, { to: 'yolo' });
    const { names, splits } = readYoloData(text(files, 'data.yaml'));
    expect([names, splits]).toEqual([['person', 'sitting person'], { train: ['images/train'] }]);
    const back = readYolo(text(files, 'labels/train/a.txt'), { classes: names, ...size });
    expect(back.map(({ label }) => label)).toEqual(['sitting person']);
    for (const [i, edge] of [10.5, 0, 60, 40].entries()) expect(back[0]?.box[i]).toBeCloseTo(edge, 6);
  });

  it("to bbGt writes whole pixels and words that the toolbox's %d and %s can read", () => {
    const back = text(convert(rich, { to: 'bbgt' }).files, 'train/annotations/a.txt');
    expect(back).toBe(
      `% bbGt version=3\nsitting_person -4 12 45 50 1 21 11 20 20 0 0\ncrowd 1 1 9 9 0 0 0 0 0 1 0\nperson 1 601 9 100 0 0 0 0 0 0 0\n`,
    );
    expect(readBbGt(back).length).toBe(3);
  });

  it('keeps the order of classes that is asked for', () => {
    const { files } = convert(plain, { to: 'yolo', classes: ['car', 'person'] });
    expect(text(files, 'labels/train/set00_V000_I00001.txt')).toMatch(/^1 /);
    expect(() => convert(plain, { to: 'coco', classes: ['car'] })).toThrow('the label "person" is not among car');
  });

  it('writes splits as files, and says what no split has', () => {
    const splits = new Map([
      ['val', ['set00/V000/I00003']],
      ['test', []],
    ]);
    const voc = convert(plain, { to: 'voc', splits });
    expect(text(voc.files, 'ImageSets/Main/val.txt')).toBe('set00_V000_I00003\n');
    expect(text(voc.files, 'ImageSets/Main/test.txt')).toBe('');
    expect(voc.leftOut).toEqual(['set00/V000/I00001']);
    expect(voc.images.map(({ path }) => path)).toEqual(['JPEGImages/set00_V000_I00003.png']);
    expect(
      readYoloData(text(convert(plain, { to: 'yolo', splits, classes: ['person'] }).files, 'data.yaml')).splits,
    ).toEqual({
      val: ['images/val'],
      test: ['images/test'],
    });
    expect(readFolderData(text(convert(plain, { to: 'folder', splits }).files, 'data.json')).splits.get('val')).toEqual(
      ['set00/V000/I00003'],
    );
  });

  it('takes the samples of any reader', () => {
    const kaist = { id: 'set06/V000/I00019', ...size, objects: readKaist(samples.kaistText) };
    const crowd = [...readOdgt(samples.odgt)].map(({ id, objects }) => ({ id, ...size, objects }));
    for (const to of all) {
      const { files, images } = convert([kaist, ...crowd], { to });
      for (const path of [...files.keys(), ...images.map((image) => image.path)]) expect(isInside(path)).toBe(true);
    }
  });

  it.each([
    [
      'ids that would be one file',
      [
        { ...plain[1], id: 'a/b' },
        { ...plain[1], id: 'A_b' },
      ],
      '"A_b" and "a/b" would be one file',
    ],
    ['an id that leads out', [{ ...plain[1], id: '..' }], 'the id ".." cannot be the name of a file'],
    ['an id twice', [plain[1], plain[1]], 'an id comes twice among 2 samples'],
    ['a file of an odd ending', [{ ...plain[0], file: { ...file, ending: 'j/../../x' } }], 'ends in "j/../../x"'],
  ] as const)('refuses %s', (_, list, message) => {
    expect(() => convert(list as readonly ConvertSample[], { to: 'voc' })).toThrow(message);
  });

  it.each([
    ['a name that leads out', new Map([['../x', []]]), 'a split is called "../x"'],
    ['an id that is not there', new Map([['val', ['x']]]), 'val names "x"; there is no such sample'],
    ['an id twice', new Map([['a', ['set00/V000/I00001']], ['b', ['set00/V000/I00001']]]), 'is in two splits'], // biome-ignore format: pairs
  ])('refuses a split with %s', (_, splits, message) => {
    expect(() => convert(plain, { to: 'voc', splits })).toThrow(message);
  });
});
