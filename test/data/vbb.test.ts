import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../src/core/annotation.ts';
import { FormatError } from '../../src/data/formatError.ts';
import { readMat } from '../../src/data/mat.ts';
import type { MatValue } from '../../src/data/matValue.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from '../../src/data/matWrite.ts';
import type { Vbb, VbbBox } from '../../src/data/vbb.ts';
import { vbbAnnotations, vbbOf } from '../../src/data/vbbAnnotations.ts';
import { readVbb } from '../../src/data/vbbRead.ts';
import { readVbbText, writeVbbText } from '../../src/data/vbbText.ts';
import { writeVbb } from '../../src/data/vbbWrite.ts';

const box = (id: number, more: Partial<VbbBox> = {}): VbbBox => ({
  id,
  pos: [10.5, 20, 30, 60.25],
  posv: [0, 0, 0, 0],
  occl: false,
  lock: false,
  ...more,
});
const object = (id: number, label: string, start: number, end: number) => ({ id, label, start, end, hide: false });

const street: Vbb = {
  objects: [object(1, 'person', 1, 3), object(2, 'people', 2, 2), { ...object(4, 'person?', 3, 3), hide: true }],
  frames: [[box(1)], [box(2, { lock: true }), box(1, { occl: true, posv: [10.5, 20, 30, 30] })], [box(1), box(4)], []],
  log: [735000.25, 735000.5],
};

describe('writeVbb and readVbb', () => {
  it('bring back objects, boxes, their order and the log', async () => {
    expect(await readVbb(writeVbb(street))).toEqual(street);
    const empty: Vbb = { objects: [], frames: [[], []], log: [] };
    expect(await readVbb(writeVbb(empty))).toEqual(empty);
  });

  it('write the fields that MATLAB writes, in its order and shapes', async () => {
    const variables = await readMat(writeVbb(street));
    expect([...variables.keys()]).toEqual(['A', 'vers']);
    const a = variables.get('A');
    const fields = a?.kind === 'struct' ? [...a.fields] : [];
    // order in vbbLoad of vbb.m 3.2.1
    expect(fields.map(([name]) => name)).toEqual(
      'nFrame objLists maxObj objInit objLbl objStr objEnd objHide altered log logLen'.split(' '),
    );
    const shapes = Object.fromEntries(
      fields.map(([name, [value]]) => [name, value && 'shape' in value ? value.shape : []]),
    );
    expect(shapes).toMatchObject({ nFrame: [1, 1], objLists: [1, 4], maxObj: [1, 1], objInit: [1, 4], objLbl: [1, 4] });
    const lists = fields.find(([name]) => name === 'objLists')?.[1][0];
    const cells = lists?.kind === 'cell' ? lists.cells : [];
    expect(cells.map((cell) => ('shape' in cell ? cell.shape : []))).toEqual([
      [1, 1],
      [1, 2],
      [1, 2],
      [0, 0],
    ]);
    expect(cells[0]?.kind === 'struct' && [...cells[0].fields.keys()]).toEqual(['id', 'pos', 'occl', 'lock', 'posv']);
  });

  it('read the fields by name, whatever their order, and the slots that are free', async () => {
    const list = matStruct([
      {
        lock: matDoubles([0]),
        posv: matDoubles([1, 1, 2, 2]),
        occl: matDoubles([1]),
        pos: matDoubles([1, 1, 4, 4]),
        id: matDoubles([2]),
      },
    ]);
    const found = await readVbb(writeMat(variablesOf({ objLists: matCell([list]) })));
    expect(found.objects).toEqual([object(2, 'person', 1, 1)]);
    expect(found.frames).toEqual([[box(2, { pos: [1, 1, 4, 4], posv: [1, 1, 2, 2], occl: true })]]);
  });

  it('read a file of version 0.06, which has neither log nor visible boxes', async () => {
    const list = matStruct([
      { id: matDoubles([2]), pos: matDoubles([1, 1, 4, 4]), occl: matDoubles([0]), lock: matDoubles([0]) },
    ]);
    const old = variablesOf({ objLists: matCell([list]) }, 0.06, ['log', 'logLen', 'objHide']);
    expect((await readVbb(writeMat(old))).frames[0]?.[0]?.posv).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, Partial<Record<string, MatValue>>, RegExp]>([
    ['a frame too many', { nFrame: matDoubles([2]) }, /f\.vbb: nFrame is 2 but objLists has 1 frames/],
    [
      'a box of nobody',
      { objLists: matCell([frameOf([1, 1, 4, 4], 7)]) },
      /f\.vbb: frame 1 has a box of object 7; there are 1/,
    ],
    [
      'a box of three numbers',
      { objLists: matCell([frameOf([1, 1, 4], 2)]) },
      /frame 1, object 1: pos is \[1 1 4\]; it must be/,
    ],
    ['a box that is no number', { objLists: matCell([frameOf([1, 1, Number.NaN, 4], 2)]) }, /pos is \[1 1 NaN 4\]/],
    [
      'frames that are text',
      { objLists: matCell([matChar('x')]) },
      /frame 1 is a 1x1 char; it must be a struct or empty/,
    ],
    ['an object before its start', { objStr: matDoubles([-1, 0]) }, /object 2 is in frames 0 to 1; there are 1 to 1/],
    ['a label for too few', { objLbl: matCell([matChar('person')]) }, /object 2 of 2 lacks a part: there are 1 labels/],
  ])('say what is wrong with %s', async (_, fields, message) => {
    const failure = readVbb(writeMat(variablesOf(fields)), { name: 'f.vbb' });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toBeInstanceOf(FormatError);
  });

  it('say that a MAT file of something else is no .vbb', async () => {
    const other = writeMat([
      ['vers', matDoubles([1.4])],
      ['B', matDoubles([1])],
    ]);
    await expect(readVbb(other, { name: 'f' })).rejects.toThrow('f: there is no variable A; there is vers, B');
    await expect(readVbb(writeMat([['vers', matDoubles([2])]]), { name: 'f' })).rejects.toThrow(
      'f: the version is 2; it may be',
    );
  });

  it('refuse to write an object that misses a frame of its run', () => {
    const gap: Vbb = { ...street, frames: [[box(1)], [box(2)], [box(1), box(4)], []] };
    expect(() => writeVbb(gap)).toThrow(/object 1 is in frames 1 to 3 but has boxes in 2; write its parts as objects/);
  });
});

function frameOf(pos: readonly number[], id: number): MatValue {
  return matStruct([
    {
      id: matDoubles([id]),
      pos: matDoubles(pos),
      posv: matDoubles([0, 0, 0, 0]),
      occl: matDoubles([0]),
      lock: matDoubles([0]),
    },
  ]);
}

/** A file of one frame whose first slot is free and whose second is a person, with some fields replaced or left out. */
function variablesOf(
  fields: Partial<Record<string, MatValue>>,
  vers = 1.4,
  without: readonly string[] = [],
): [string, MatValue][] {
  const row = matDoubles;
  const all: Record<string, MatValue> = {
    nFrame: row([1]),
    objLists: matCell([frameOf([1, 1, 4, 4], 2)]),
    maxObj: row([2]),
    objInit: row([0, 1]),
    objLbl: matCell([matDoubles([], [0, 0]), matChar('person')]),
    objStr: row([-1, 1]),
    objEnd: row([-1, 1]),
    objHide: row([0, 0]),
    altered: row([0]),
    log: row([0]),
    logLen: row([0]),
  };
  for (const [name, value] of Object.entries(fields)) if (value) all[name] = value;
  for (const name of without) delete all[name];
  return [
    ['A', matStruct([all])],
    ['vers', row([vers])],
  ];
}

/**
 * Octave 7.3 wrote it, by `save -v7`: frame 1 of 2 holds a person at [10 20 30 60.5] and a `person?` at [1 2 3 4] whose
 * visible box is [1 2 3 2].
 */
const byOctave = `
TUFUTEFCIDUuMCBNQVQtZmlsZSwgd3JpdHRlbiBieSBPY3RhdmUgNy4zLjAsIDIwMjYtMTEtMjQgMTE6NDM6MjcgVVRDICAgICAgICAgICAg
ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAABSU0PAAAAWAEAAHicxZSxTsMwEIYvVigtQlF5AwbE3IGBibgD
CKQKKrGwJqmFUlKnSiLEyGMx9jF4jD4CNnYay0QBfK160uUS675zbP/nAAA+jwB6IvaFE+Ge8AP97W3cg/H3uA9Uj61EMr8pogUDZ1tEbw/x
3J3P4/kkLasSwd/xtELNH2fOuOQfqwLFX/MZir9NZ+4HGGUVK5j7D2T5szOr+Qnj7nwg/BIa/cvYrn9lAz2ujW6DX/kN77XwxOBl/pPf3a9m
vtmvVDxShFakLXPnVqv5VwyfJwmi26RekhcMjzvvdSj56S+8b/GnG/6Mqnih45WK9J7i6u5qvXvnkfuyDus6KvR1HO6oLvY+UfrC8qMOvjaT
lxboxXTNSyxu+GM/1Pwf8L/70JzXb8nvGfknwo+FL4FBASXkwP9c59CqE1h1wi3vw/7rNGbrYkC6dUX0G0KP7yN+Psbq+QtbXE0ZDwAAACkA
AAB4nONjYGCwAGI2IOaA0oxAzArlM8IxC0NZalExJ1Q8DQy+2QMASE8F2g==`;

it('readVbb reads what another program wrote', async () => {
  const found = await readVbb(Uint8Array.from(atob(byOctave), (char) => char.charCodeAt(0)));
  expect(found).toEqual({
    objects: [object(1, 'person', 1, 1), object(2, 'person?', 1, 1)],
    frames: [
      [box(1, { pos: [10, 20, 30, 60.5] }), box(2, { pos: [1, 2, 3, 4], posv: [1, 2, 3, 2], occl: true, lock: true })],
      [],
    ],
    log: [735000.25],
  });
});

describe('the text form', () => {
  const text = `% vbb version=1.400000
nFrame=2 n=1
log=[735000.250000 ]

-----------------------------------
lbl='person?' str=1 end=2 hide=0
pos =[1.000000 2.000000 30.000000 60.000000; 2.000000 2.000000 30.000000 60.000000; ]
posv=[0.000000 0.000000 0.000000 0.000000; 2.000000 2.000000 10.000000 60.000000; ]
occl=[0 1 ]
lock=[1 0 ]
`; // as the fprintf calls of vbbSaveTxt lay it out

  it('is read as MATLAB writes it', () => {
    const found = readVbbText(text);
    expect(found.objects).toEqual([object(1, 'person?', 1, 2)]);
    expect(found.frames[1]).toEqual([box(1, { pos: [2, 2, 30, 60], posv: [2, 2, 10, 60], occl: true })]);
    expect(found.log).toEqual([735000.25]);
  });

  it('says the same as the binary form', () => {
    const ids = new Map([
      [1, 1],
      [2, 2],
      [4, 3],
    ]); // the text counts objects anew
    const renumbered: Vbb = {
      ...street,
      objects: street.objects.map((o) => ({ ...o, id: ids.get(o.id) ?? 0 })),
      frames: street.frames.map((boxes) =>
        boxes.map((b) => ({ ...b, id: ids.get(b.id) ?? 0 })).sort((a, b) => a.id - b.id),
      ),
    };
    expect(readVbbText(writeVbbText(street))).toEqual(renumbered);
    expect(readVbbText(writeVbbText(street).replaceAll('\n', '\r\n'))).toEqual(renumbered);
  });

  it.each([
    ['another version', text.replace('1.400000', '1.3'), 'f: the version is 1.3; it must be 1.4'],
    ['a word among the numbers', text.replace('30.0', 'x30.0'), 'f: line 7 holds a word that is no number'],
    [
      'a box too few',
      text.replace('; 2.000000 2.000000 30.000000 60.000000', ''),
      'f: line 7: pos has 4 numbers; frames 1 to 2 need 8',
    ],
    ['a frame too many', text.replace('nFrame=2', 'nFrame=1'), 'f: object 1 is in frames 1 to 2; there are 1 to 1'],
    ['a missing end', text.slice(0, text.indexOf('occl')), 'f: line 9 is ""; it must be occl=[]'],
  ])('says what is wrong with %s', (_, damaged, message) => {
    expect(() => readVbbText(damaged, { name: 'f' })).toThrow(message);
    expect(() => readVbbText(damaged, { name: 'f' })).toThrow(FormatError);
  });

  it('refuses a label that MATLAB would cut at its space', () => {
    const spaced: Vbb = { objects: [object(1, 'a b', 1, 1)], frames: [[box(1)]], log: [] };
    expect(() => writeVbbText(spaced)).toThrow('object 1 has the label "a b"');
  });
});

describe('vbbAnnotations', () => {
  const one = (label: string, more: Partial<VbbBox> = {}): Vbb => ({
    objects: [object(1, label, 1, 1)],
    frames: [[box(1, more)]],
    log: [],
  });

  it('turns MATLAB pixels from (1, 1) into edges from 0', () => {
    const [found] = vbbAnnotations(one('person', { pos: [1, 1, 640, 480] }), 0);
    expect(found).toEqual({ box: [0, 0, 480, 640], label: 'person', occlusion: 'none', track: 1 });
  });

  it('takes a visible box of zeros as fully visible', () => {
    expect(vbbAnnotations(one('person'), 0)[0]).not.toHaveProperty('visible');
    const [found] = vbbAnnotations(one('person', { pos: [1, 1, 20, 40], posv: [1, 1, 20, 30], occl: true }), 0);
    expect(found).toMatchObject({ visible: [0, 0, 30, 20], occlusion: 'partial' }); // .75 seen; .65 parts the two
    const [hidden] = vbbAnnotations(one('person', { pos: [1, 1, 20, 40], posv: [1, 1, 20, 20], occl: true }), 0);
    expect(hidden?.occlusion).toBe('heavy');
  });

  it('ignores groups, doubtful people and marked regions, and says why', () => {
    const reasons = ['person', 'people', 'person?', 'ignore'].map((label) => vbbAnnotations(one(label), 0)[0]?.ignore);
    expect(reasons).toEqual([undefined, 'a group of people', 'perhaps a person', 'a region to ignore']);
  });

  it('drops, ignores or keeps a label that the protocol does not ask for', () => {
    const face = one('person-fa');
    expect(vbbAnnotations(face, 0)).toEqual([]);
    expect(vbbAnnotations(face, 0, { others: 'ignore' })[0]?.ignore).toBe('a label that the protocol drops');
    expect(vbbAnnotations(face, 0, { others: 'keep' })[0]).not.toHaveProperty('ignore');
  });

  it('refuses a frame that is not there', () => {
    expect(() => vbbAnnotations(street, 4)).toThrow('frame 4 is not there; there are 4, from 0 on');
  });
});

describe('vbbOf', () => {
  const person = (track: number, x: number, label = 'person'): Annotation => ({
    box: [10, x, 60, x + 20],
    label,
    track,
  });

  it('makes one object of each run of a track under one label', () => {
    const vbb = vbbOf([
      [person(5, 0)],
      [person(5, 2), person(6, 9)],
      [person(6, 9)],
      [person(5, 6), person(6, 9, 'person?')],
    ]);
    expect(vbb.objects).toEqual([
      object(1, 'person', 1, 2),
      object(2, 'person', 2, 3),
      object(3, 'person', 4, 4), // track 5 paused
      object(4, 'person?', 4, 4), // track 6 became doubtful
    ]);
  });

  it('comes back through a file as the same boxes', async () => {
    const frames: Annotation[][] = [
      [
        { box: [0, 0, 480, 640], label: 'people' },
        { box: [3, 4, 50, 17], visible: [3, 4, 20, 17], label: 'person', occlusion: 'heavy' },
      ],
      [],
      [{ box: [-2.5, 600, 80, 700], label: 'person', occlusion: 'none' }],
    ];
    const found = await readVbb(writeVbb(vbbOf(frames)));
    const boxes = (annotations: readonly Annotation[]) =>
      annotations.map(({ box, visible, label }) => ({ box, visible, label }));
    expect(frames.map((_, f) => boxes(vbbAnnotations(found, f)))).toEqual(frames.map(boxes));
  });
});
