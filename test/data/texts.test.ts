import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBbGt, writeBbGt } from '../../src/data/bbGt.ts';
import { caltechAnnotation } from '../../src/data/caltechLabels.ts';
import { FormatError } from '../../src/data/formatError.ts';
import { readPascalText } from '../../src/data/pascalText.ts';
import { sharedData } from './shared.ts';

describe('bbGt text', () => {
  const ada = {
    label: 'person',
    pos: [1, 2, 30, 60],
    posv: [1, 2, 30, 40],
    occluded: true,
    ignore: false,
    angle: 0,
  } as const;
  const line = 'person 1 2 30 60 1 1 2 30 40';

  it.each([
    [0, `${line}\n`],
    [1, `% bbGt version=1\n${line}\n`],
    [2, `% bbGt version=2\n${line} 1\n`],
    [3, `% bbGt version=3\n${line} 1 15\n`],
  ])('of version %i is read', (version, text) => {
    expect(readBbGt(text)).toEqual([{ ...ada, ignore: version >= 2, angle: version === 3 ? 15 : 0 }]);
  });

  it('of a header alone has no objects', () => {
    expect(readBbGt('% bbGt version=3\n')).toEqual([]);
    expect(readBbGt('')).toEqual([]);
  });

  it('is brought back as it was, fractions too', () => {
    const objects = [ada, { ...ada, label: 'person?', pos: [1.5, -2, 3, 4], ignore: true, angle: -7.25 }] as const;
    expect(readBbGt(writeBbGt(objects))).toEqual(objects);
    expect(writeBbGt([ada])).toBe('% bbGt version=3\nperson 1 2 30 60 1 1 2 30 40 0 0\n');
  });

  it('becomes an annotation by the rules of the .vbb, its own mark included', () => {
    expect(caltechAnnotation(ada)).toEqual({
      box: [1, 0, 61, 30],
      visible: [1, 0, 41, 30],
      label: 'person',
      occlusion: 'partial',
    });
    expect(caltechAnnotation({ ...ada, ignore: true })?.ignore).toBe('marked to be ignored');
  });

  it.each([
    ['a version to come', '% bbGt version=4\n', 'f: the version is 4; it may be 0 to 3'],
    [
      'a field too few',
      `% bbGt version=3\n${line}\n`,
      'f: line 2 is "person 1 2 30 60 1 1 2 30 40"; version 3 asks for a label and 11 numbers',
    ],
    ['a word for a number', '% bbGt version=1\nperson 1 2 x 60 1 1 2 30 40', 'f: line 2 is'],
    ['another header', '% something\n', 'f: line 1 is "% something"; it must be % bbGt version=3'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readBbGt(text, { name: 'f' })).toThrow(message);
    expect(() => readBbGt(text, { name: 'f' })).toThrow(FormatError);
  });

  it('cannot hold a label of two words', () => {
    expect(() => writeBbGt([{ ...ada, label: 'a b' }])).toThrow('the label "a b" must be one word');
  });
});

const pascal = `# Compatible with PASCAL Annotation Version 1.00
Image filename : "PennFudanPed/PNGImages/FudanPed00001.png"
Image size (X x Y x C) : 559 x 536 x 3
Database : "The Penn-Fudan-Pedestrian Database"
Objects with ground truth : 2 { "PASpersonWalking" "PASpersonWalking" }
# Top left pixel co-ordinates : (1, 1)
# Details for pedestrian 1 ("PASpersonWalking")
Original label for object 1 "PASpersonWalking" : "PennFudanPed"
Bounding box for object 1 "PASpersonWalking" (Xmin, Ymin) - (Xmax, Ymax) : (160, 182) - (302, 431)

# Details for pedestrian 2 ("PASpersonWalking")
Bounding box for object 2 "PASpersonWalking" (Xmin, Ymin) - (Xmax, Ymax) : (420, 171) - (559, 536)
`;

describe('PASCAL 1.00 text', () => {
  it('gives corners, both inside the object, as edges from 0', () => {
    expect(readPascalText(pascal)).toEqual({
      file: 'PennFudanPed/PNGImages/FudanPed00001.png',
      width: 559,
      height: 536,
      objects: [
        { box: [181, 159, 431, 302], label: 'PASpersonWalking' },
        { box: [170, 419, 536, 559], label: 'PASpersonWalking' },
      ],
    });
    expect(readPascalText(pascal.replaceAll('\n', '\r\n'), { label: () => 'person' }).objects[1]?.label).toBe('person');
  });

  it.each([
    [
      'a box outside',
      pascal.replace('(559, 536)', '(560, 536)'),
      'f: object 2 is (420, 171) - (560, 536) but the image is (1, 1) - (559, 536)',
    ],
    [
      'corners that changed places',
      pascal.replace('(160, 182) - (302, 431)', '(302, 182) - (160, 431)'),
      'f: object 1 is (302, 182)',
    ],
    ['a box too few', pascal.slice(0, 600), 'f: the file promises 2 objects and has 1 boxes; was it cut?'],
    ['no size', pascal.replace('Image size', 'Size'), 'f: there is no line "Image size"; was the file cut?'],
    ['another format', '<annotation/>', 'f: there is no line "# Compatible with PASCAL Annotation Version 1.00"'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readPascalText(text, { name: 'f' })).toThrow(message);
    expect(() => readPascalText(text, { name: 'f' })).toThrow(FormatError);
  });

  const folder = sharedData('penn-fudan/Annotation');
  it.skipIf(folder.absent)('of all 170 Penn-Fudan images has 423 people (where the shared data lie)', () => {
    const texts = readdirSync(folder.path).map((name) =>
      readPascalText(readFileSync(join(folder.path, name), 'latin1'), { name }),
    );
    expect(texts.length).toBe(170);
    expect(texts.reduce((sum, { objects }) => sum + objects.length, 0)).toBe(423); // 345 in the paper, and those added since
  });
});
