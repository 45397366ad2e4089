import { describe, expect, it } from 'vitest';
import { FormatError } from '../../../src/data/formatError.ts';
import { readCoco } from '../../../src/data/formats/coco.ts';
import { readCocoResults, writeCocoResults } from '../../../src/data/formats/cocoResults.ts';
import { writeCoco } from '../../../src/data/formats/cocoWrite.ts';
import { readFolderData } from '../../../src/data/formats/folder.ts';
import { writeFolderData } from '../../../src/data/formats/folderWrite.ts';
import { parseJson } from '../../../src/data/formats/json.ts';
import { insidePath, isInside, withoutEnding } from '../../../src/data/formats/path.ts';
import { splitIds } from '../../../src/data/formats/splits.ts';
import { readVoc, readVocList } from '../../../src/data/formats/voc.ts';
import { writeVoc } from '../../../src/data/formats/vocWrite.ts';
import { parseXml } from '../../../src/data/formats/xml.ts';
import { readYolo, readYoloDetections, writeYolo } from '../../../src/data/formats/yolo.ts';
import { readYoloData, writeYoloData } from '../../../src/data/formats/yoloData.ts';
import * as samples from './samples.ts';

describe('COCO', () => {
  it('has boxes of left, top, width and height; crowds are ignored and marked; the area stays where it is another', () => {
    const { categories, images } = readCoco(samples.coco);
    expect([...categories]).toEqual([
      [1, 'person'],
      [3, 'car'],
    ]);
    expect(images.map(({ id, file, number, width, height }) => ({ id, file, number, width, height }))).toEqual([
      { id: '000000397133', file: '000000397133.jpg', number: 397133, width: 640, height: 427 },
      { id: 'train2017/b', file: 'train2017/b.jpg', number: 7, width: 20, height: 10 },
    ]);
    expect(images[0]?.objects).toEqual([
      { box: [240.54, 217.62, 240.54 + 57.75, 217.62 + 38.99], label: 'person', area: 120.5 },
      { box: [0, 0, 40, 30], label: 'person', ignore: 'a crowd', crowd: true, area: 900 },
    ]);
    expect(images[1]?.objects).toEqual([
      { box: [2, 1, 12, 11], visible: [2, 1, 7, 6], label: 'car', ignore: 'marked to be ignored' },
    ]);
  });

  it('brings back what was written, with all that an annotation can say', () => {
    const { images } = readFolderData(samples.folderJson);
    const back = readCoco(writeCoco(images)).images;
    expect(back.map(({ objects }) => objects)).toEqual(images.map(({ objects }) => objects));
    expect(back.map(({ file }) => file)).toEqual(images.map(({ file }) => file));
  });

  it('lets its own tools neither ask for nor punish what is ignored', () => {
    const { images } = readFolderData(samples.folderJson);
    const { annotations, categories } = JSON.parse(writeCoco(images));
    expect(categories.map(({ id, name }: { id: number; name: string }) => [id, name])).toEqual([
      [1, 'people'],
      [2, 'person'],
    ]);
    expect(annotations.map(({ iscrowd }: { iscrowd: number }) => iscrowd)).toEqual([0, 1]);
    expect(() => writeCoco(images, { classes: ['person'] })).toThrow('the label "people" is not among person');
  });

  it('gives results to their images, those without any too, and brings them back', () => {
    const instances = readCoco(samples.coco);
    const results = readCocoResults(samples.cocoResults, instances);
    expect(results.get('train2017/b')).toEqual([{ box: [2, 1, 6, 4], score: 0.5, label: 'car' }]);
    expect(readCocoResults('[]', instances)).toEqual(new Map([['000000397133', []], ['train2017/b', []]])); // biome-ignore format: pairs
    const again = readCocoResults(writeCocoResults(results, instances), instances);
    expect(again.get('train2017/b')).toEqual(results.get('train2017/b'));
  });

  it.each([
    ['an image that is not there', { image_id: 1 }, 'annotations[0].image_id is 1; there is no such image'],
    ['a category that is not there', { category_id: 9 }, 'annotations[0].category_id is 9; there are 1'],
    ['a width below 0', { bbox: [1, 1, -1, 1] }, 'annotations[0].bbox is at [y1 x1 y2 x2] = [1 1 2 0]'],
    ['a box beyond all images', { bbox: [1e300, 1, 1, 1] }, 'annotations[0].bbox is at'],
    ['a text for a flag', { iscrowd: 'no' }, 'annotations[0].iscrowd is "no"; it must be 0 or 1'],
  ])('with %s is refused', (_, change, message) => {
    const file = {
      categories: [{ id: 1, name: 'a' }],
      images: [{ id: 5, file_name: 'a.jpg', width: 9, height: 9 }],
      annotations: [{ id: 1, image_id: 5, category_id: 1, bbox: [1, 1, 2, 2], area: 4, iscrowd: 0, ...change }],
    };
    expect(() => readCoco(JSON.stringify(file), { name: 'f' })).toThrow(`f: ${message}`);
    const errors: FormatError[] = [];
    expect(readCoco(JSON.stringify(file), { onBadObject: (e) => errors.push(e) }).images[0]?.objects).toEqual([]);
    expect(errors.length).toBe(1);
  });

  it('refuses an image outside, and two of one number', () => {
    const image = { id: 5, file_name: 'a.jpg', width: 9, height: 9 };
    const file = (images: unknown[]) => JSON.stringify({ categories: [], images, annotations: [] });
    expect(() => readCoco(file([{ ...image, file_name: '../../etc/passwd' }]), { name: 'f' })).toThrow(
      'f: images[0].file_name is "../../etc/passwd"; it must be a path inside the data set',
    );
    expect(() => readCoco(file([image, image]), { name: 'f' })).toThrow('f: images[1].id is 5, as an image before it');
  });
});

describe('VOC', () => {
  it('counts pixels from (1, 1), both corners inside; difficult is ignored; parts are passed over', () => {
    expect(readVoc(samples.voc)).toEqual({
      id: '000001',
      file: '000001.jpg',
      width: 353,
      height: 500,
      objects: [
        { box: [239, 47, 371, 195], label: 'dog', tags: ['truncated', 'pose=Left'] },
        {
          box: [11, 7.5, 498, 352],
          label: 'person & bag',
          ignore: 'difficult',
          occlusion: 'partial',
          tags: ['occluded'],
        },
      ],
    });
    expect(readVoc(samples.voc, { corners: 'edges' }).objects[0]?.box).toEqual([240, 48, 371, 195]);
  });

  it('brings back what was written, names with signs of XML too', () => {
    const record = readVoc(samples.voc);
    const sized = { ...record, width: 353, height: 500 };
    expect(readVoc(writeVoc(sized))).toEqual(record);
  });

  it('lists ids, of one class too', () => {
    expect(readVocList('000001 -1\n2007_000027  1\n')).toEqual(['000001', '2007_000027']);
  });

  it.each([
    ['a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${samples.voc}`, 'f: the XML has a document type'],
    ['an entity', samples.voc.replace('dog', '&dog;'), 'f: the XML has "&dog;"; only &amp;'],
    ['a cut', samples.voc.slice(0, 700), /^f: line \d+, column \d+: .*was the file cut\?/],
    [
      'two boxes',
      samples.voc.replace('</bndbox>', '</bndbox><bndbox/>'),
      'f: object 1 has 2 <bndbox>; it must have one',
    ],
    ['no box', samples.voc.replaceAll('bndbox', 'box'), 'f: object 1 has no <bndbox>; it has "name", "pose"'],
    ['NaN', samples.voc.replace('>48<', '>NaN<'), 'f: object 1: xmin is "NaN"; it must be a number'],
    ['no number', samples.voc.replace('>48<', '><'), 'f: object 1: xmin is ""; it must be a number'],
    [
      'a flag of 2',
      samples.voc.replace('<difficult>1', '<difficult>2'),
      'f: object 2: difficult is "2"; it must be 0 or 1',
    ],
    [
      'an image outside',
      samples.voc.replace('000001.jpg', '../../x'),
      'f: filename is "../../x"; it must be a path inside',
    ],
    ['another root', '<a/>', 'f: the XML is of <"a">; it must be of <annotation>'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readVoc(text, { name: 'f' })).toThrow(message);
    expect(() => readVoc(text, { name: 'f' })).toThrow(FormatError);
  });
});

describe('XML', () => {
  it('decodes the five entities and numbers, once', () => {
    expect(parseXml('<a>&lt;&amp;lt;&#65;&#x1F6B6; </a>', 'f').text).toBe('<&lt;A🚶');
  });
  it('is not nested without end', () => {
    expect(() => parseXml('<a>'.repeat(50) + '</a>'.repeat(50), 'f')).toThrow(/^f: the XML cannot be read: .*nested/);
  });
  it('has no name that is a part of the language', () => {
    expect(() => parseXml('<a><__proto__>1</__proto__></a>', 'f')).toThrow(FormatError);
  });
});

describe('YOLO', () => {
  const image = { classes: ['person', 'car'], width: 640, height: 480 };

  it('has middles and sides as shares; an outline becomes its box', () => {
    const objects = readYolo(samples.yolo, image);
    expect(objects.map(({ label }) => label)).toEqual(['person', 'car', 'person']);
    expect(objects[0]?.box).toEqual([120, 240, 360, 400]);
    // 0.1..0.3 of 640, 0.1..0.4 of 480
    for (const [i, edge] of [48, 64, 192, 192].entries()) expect(objects[2]?.box[i]).toBeCloseTo(edge, 9);
  });

  it('reads predictions with their confidence', () => {
    expect(readYoloDetections(samples.yoloPredictions, image)).toEqual([
      { box: [120, 240, 360, 400], score: 0.875, label: 'person' },
    ]);
  });

  it('brings boxes back to a millionth of a pixel, cut at the sides; the ignored are left out', () => {
    const box = [10.25, -20, 33.3, 41.7] as const;
    const text = writeYolo(
      [
        { box, label: 'car' },
        { box: [0, 700, 10, 800], label: 'car' },
        { box, label: 'person', ignore: 'a crowd' },
      ],
      image,
    );
    const back = readYolo(text, image);
    expect(back.length).toBe(1);
    for (const [i, edge] of [10.25, 0, 33.3, 41.7].entries()) expect(back[0]?.box[i]).toBeCloseTo(edge, 6);
  });

  it.each([
    ['a class that there is not', '2 0.5 0.5 0.1 0.1', 'f: line 1: the class is 2; there are 0 to 1'],
    ['pixels', '0 320 240 10 10', 'f: line 1 has 320; places and sides are shares of the image'],
    ['three values', '0 0.5 0.5 0.1', 'f: line 1 is "0 0.5 0.5 0.1"; it must be class x y width height'],
    ['a class of half', '0.5 0.5 0.5 0.1 0.1', 'f: line 1: the class is "0.5"; it must be a whole number'],
    ['two points', '0 0.5 0.5 0.1 0.1 0.1', 'f: line 1 has 5 values after the class; it must have 4'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readYolo(text, { ...image, name: 'f' })).toThrow(message);
  });

  it('describes itself in a data.yaml, whatever else that holds', () => {
    expect(readYoloData(samples.yoloYaml)).toEqual({
      names: ['person', 'traffic light', "it's"],
      path: 'coco8',
      splits: { train: ['images/train'], val: ['images/val', 'images/more, too'] },
    });
    expect(readYoloData('names: [a, "b, c",\n  d]\ntrain: x').names).toEqual(['a', 'b, c', 'd']);
    expect(readYoloData('train: # two folders\n  - a/b\n  - c\nnames: [x]').splits).toEqual({ train: ['a/b', 'c'] });
    expect(readYoloData('names:\n- a\n- b # c\n').names).toEqual(['a', 'b']);
    expect(readYoloData('names: {0: a, 1: "b"}\n').names).toEqual(['a', 'b']);
  });

  it('brings a data.yaml back, names that YAML would take for something else too', () => {
    const data = { names: ['person', 'no', '7', 'a: b', 'say "x"', '#', 'a b'], splits: { train: ['images/train'] } };
    expect(readYoloData(writeYoloData(data))).toEqual(data);
  });

  it.each([
    ['no names', 'train: a', 'f: there are no names of classes'],
    ['another count', 'nc: 3\nnames: [a]', 'f: nc is "3" but there are 1 names'],
    ['a hole in its names', 'names:\n  0: a\n  2: b', 'f: line 1: number 1 is missing among 2'],
    ['a number twice', 'names:\n  0: a\n  0: b', 'f: line 3: number 0 comes twice'],
    ['an absurd number', 'names:\n  999999999: a', 'f: line 2: number 999999999 is above 100000'],
    ['an anchor', 'names: &a [b]\n', 'f: line 1 is "&a [b]"; it must be a plain or quoted word'],
    ['a list that does not close', 'names: [a', 'f: line 1: names is "[a"; it must be a list that closes'],
    ['a key twice', 'names: [a]\nnames: [a]', 'f: line 2: "names" comes twice'],
  ])('with a data.yaml of %s is refused', (_, text, message) => {
    expect(() => readYoloData(text, 'f')).toThrow(message);
  });
});

describe("the library's own form", () => {
  it('brings everything back', () => {
    const data = readFolderData(samples.folderJson);
    expect(data.splits).toEqual(new Map([['train', ['a']], ['val', ['set00/b']]])); // biome-ignore format: pairs
    expect(data.images[0]?.objects[0]).toEqual({
      box: [1, 2, 30.5, 40],
      visible: [1, 2, 20, 40],
      label: 'person',
      occlusion: 'partial',
      track: 3,
      tags: ['x'],
      area: 12.5,
    });
    expect(readFolderData(writeFolderData(data.images, data.splits))).toEqual(data);
    expect(writeFolderData(data.images, data.splits)).toBe(samples.folderJson);
  });

  it.each([
    ['a misspelt field', '"visible"', '"visibel"', 'f: images[0].objects[0] has the field "visibel"; it may have box,'],
    ['a later version', '"version": 1', '"version": 2', 'f: the version is 2; this reader knows 1'],
    ['a split of an image that is not there', '["a"]', '["c"]', 'f: splits.train[0] is "c"; there is no such image'],
    ['two images of one id', '"id":"set00/b"', '"id":"a"', 'f: images[1].id is "a", as one before'],
    ['another occlusion', '"partial"', '"much"', 'f: images[0].objects[0].occlusion must be none, partial or heavy'],
    ['a file outside', 'images/a.png', '/a.png', 'f: images[0].file is "/a.png"; it must be a path inside'],
  ])('with %s is refused', (_, from, to, message) => {
    expect(() => readFolderData(samples.folderJson.replace(from, to), { name: 'f' })).toThrow(message);
  });
});

describe('JSON', () => {
  it('that is none is told by line and column', () => {
    expect(() => parseJson('{\n  "a": 1,\n  "b" 2}', 'f')).toThrow(/^f: line 3, column 7 is no JSON/);
    expect(() => parseJson('', 'f')).toThrow(/^f: .* is no JSON/);
  });
});

describe('a path of an annotation', () => {
  it.each([
    '../x',
    'a/../x',
    '/x',
    '//x',
    'C:\\x',
    'C:/x',
    '\\\\host\\x',
    '..\\x',
    '',
    '.',
    'a//b',
    'a\u0000b',
    'a\nb',
    'x'.repeat(1025),
  ])('%j does not lead out', (path) => {
    expect(() => insidePath(path, 'f')).toThrow(FormatError);
    expect(isInside(path)).toBe(false);
  });
  it('is made plain', () => {
    expect(insidePath('./a\\b.c/d.jpg', 'f')).toBe('a/b.c/d.jpg');
    expect(withoutEnding('a/b.c/d.jpg')).toBe('a/b.c/d');
    expect(withoutEnding('a/.hidden')).toBe('a/.hidden');
  });
});

describe('an error of a format', () => {
  it('shows nothing that a terminal obeys, and ends', () => {
    const { message } = new FormatError(`a\u001b[2J\u202e\u0085b${'x'.repeat(5000)}`);
    expect(message.slice(0, 29)).toBe('a\\u001b[2J\\u202e\\u0085bxxxxxx');
    expect(message.length).toBeLessThan(1100);
  });
});

describe('splitIds', () => {
  const ids = Array.from({ length: 100 }, (_, i) => `set${i % 7}/${i}`);

  it('keeps what belongs together in one split, in order, the same for a seed', () => {
    const splits = splitIds(ids, { shares: { train: 0.7, val: 0.3 }, seed: 1 });
    const [train = [], val = []] = [...splits.values()];
    expect([...train, ...val].sort()).toEqual([...ids].sort());
    const folders = (list: readonly string[]) => new Set(list.map((id) => id.split('/')[0]));
    expect([...folders(train)].filter((folder) => folders(val).has(folder))).toEqual([]);
    expect(train).toEqual(ids.filter((id) => train.includes(id)));
    expect(splitIds(ids, { shares: { train: 0.7, val: 0.3 }, seed: 1 })).toEqual(splits);
    expect(splitIds(ids, { shares: { train: 0.7, val: 0.3 }, seed: 2 })).not.toEqual(splits);
  });

  it('meets the shares where nothing belongs together', () => {
    const splits = splitIds(ids, { shares: { a: 0.5, b: 0.3, c: 0.2 }, seed: 1, group: (id) => id });
    expect([...splits.values()].map((list) => list.length)).toEqual([50, 30, 20]);
  });

  it('refuses shares that do not add up', () => {
    expect(() => splitIds(ids, { shares: { a: 0.5, b: 0.4 }, seed: 1 })).toThrow(
      'each must be above 0, all together 1',
    );
  });
});
