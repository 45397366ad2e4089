import { expect, it } from 'vitest';
import { full, ladder, small } from '../../examples/ladder.ts';
import { modelOf } from '../../src/cli/model.ts';
import { ladderModel, rungNames } from '../../src/cli/modelLadder.ts';
import { count } from '../../src/core/model.ts';
import { smallModel } from './run.ts';

const rungs = Object.keys(ladder) as (keyof typeof ladder)[];

it('knows the rungs of the ladder', () => {
  expect(rungNames).toEqual(rungs);
});
it.each(rungs)('describes the narrow %s as the ladder makes it', (rung) => {
  const { name, description } = ladderModel(`ladder:${rung}`, [128, 256]);
  expect(name).toBe(rung);
  const made = modelOf(JSON.parse(JSON.stringify(description)), 'a.json'); // plain data
  const own = ladder[rung](small([128, 256]));
  expect(count(made)).toEqual(count(own));
  expect(made.anchors).toEqual(own.anchors);
  expect(made.standardization).toEqual(own.standardization);
});
it.each(['vggBaseline', 'weightedFpn'] as const)('describes the %s at the size of the study', (rung) => {
  const made = modelOf(ladderModel(`ladder:${rung},size=study`, [128, 256]).description, 'a.json');
  const own = ladder[rung](full);
  expect(count(made)).toEqual(count(own));
  expect(made.anchors).toEqual(own.anchors);
});
it('takes size and labels of a rung', () => {
  const { description } = ladderModel('ladder:fpn,size=256x384,labels=person+car', [128, 256]);
  const { inputSize, labels } = modelOf(description, 'a');
  expect([inputSize, labels]).toEqual([
    [256, 384],
    ['person', 'car'],
  ]);
  for (const [text, message] of [
    ['ladder:toString', 'there is no rung toString; there are vggBaseline'],
    ['ladder:fpn,size=100x200', 'size is 100x200; it must be study, or height and width, multiples of 128'],
    ['ladder:fpn,width=2', 'ladder has no option width; it has size, labels'],
  ] as const)
    expect(() => ladderModel(text, [128, 256])).toThrow(message);
});

const { head, backbone, neck } = smallModel;
const wrong: readonly (readonly [what: string, description: unknown, message: string])[] = [
  ['text', 'a', 'm.json is "a"; it must be an object'],
  ['another format', { ...smallModel, format: 'x' }, 'm.json: format is "x"; it must be one of pyramidion-model/1'],
  ['a field too many', { ...smallModel, necks: 1 }, 'm.json: necks is no field of it'],
  ['a width of text', { ...smallModel, backbone: { ...backbone, width: 'a' } }, 'm.json: backbone.width is "a"'],
  [
    'a width of 0',
    { ...smallModel, backbone: { ...backbone, width: 0 } },
    'm.json: backbone: efficientNet: width is 0',
  ],
  [
    'a depth beyond all',
    { ...smallModel, backbone: { ...backbone, depth: 1e9 } },
    'm.json: backbone.depth is 1000000000; it must be from 0 to 100',
  ],
  ['sides beyond all', { ...smallModel, inputSize: [1e9, 64] }, 'm.json: inputSize[0] is 1000000000; it must be'],
  ['a stage twice', { ...smallModel, neck: { ...neck, stages: ['C3', 'C3'] } }, 'm.json: neck.stages has C3 twice'],
  ['a misspelt field', { ...smallModel, backbone: { ...backbone, widht: 1 } }, 'm.json: backbone.widht is no field'],
  [
    'size and width',
    { ...smallModel, backbone: { ...backbone, size: 'B0' } },
    'm.json: backbone has a size and a width',
  ],
  ['no neck', { ...smallModel, neck: undefined }, 'm.json: neck is missing'],
  ['an fpn of cells', { ...smallModel, neck: { ...neck, cells: 2 } }, 'm.json: neck.cells is no field of a select'],
  ['an unknown stage', { ...smallModel, neck: { ...neck, stages: ['C3', 'D4'] } }, 'm.json: neck.stages[1] is "D4"'],
  [
    'a stage too deep',
    { ...smallModel, neck: { ...neck, stages: ['C3', 'C7'] } },
    'm.json: neck.stages has C7; the backbone',
  ],
  [
    'a level of nobody',
    { ...smallModel, head: { ...head, levels: ['P3', 'P6'] } },
    'm.json: head.levels has P6; the neck',
  ],
  [
    'anchors below 0',
    { ...smallModel, head: { ...head, anchors: { sides: [-1, 2] } } },
    'baselineAnchors: sides are [-1,2]',
  ],
  ['anchors of one level', { ...smallModel, head: { ...head, anchors: { sides: [9] } } }, 'm.json: ssdHead: 2 levels'],
  [
    'shapes of three',
    { ...smallModel, head: { ...head, anchors: [{ shapes: [[1, 2, 3]] }] } },
    'head.anchors[0].shapes[0]',
  ],
  [
    'two labels of one name',
    { ...smallModel, head: { ...head, labels: ['a', 'a'] } },
    'm.json: ssdHead: labels are [a,a]',
  ],
  [
    'a deviation of 0',
    { ...smallModel, standardize: { mean: [0, 0, 0], deviation: [0, 1, 1] } },
    'standardize.deviation',
  ],
  ['three sides', { ...smallModel, inputSize: [1, 2, 3] }, 'm.json: inputSize must be two numbers'],
  ['half a pixel', { ...smallModel, inputSize: [64, 64.5] }, 'm.json: detector: the width of inputSize is 64.5'],
  ['a name of the prototype', { ...smallModel, standardize: 'constructor' }, 'm.json: standardize is "constructor"'],
];
it.each(wrong)('names what is wrong: %s', (_, description, message) => {
  expect(() => modelOf(description, 'm.json')).toThrow(message);
});
it('takes shapes of anchors, and statistics of its own', () => {
  const made = modelOf(
    {
      ...smallModel,
      standardize: { mean: [1, 2, 3], deviation: [4, 5, 6] },
      head: {
        ...head,
        anchors: [
          { shapes: [[10, 4]] },
          {
            shapes: [
              [20, 8],
              [30, 12],
            ],
            step: [16, 16],
          },
        ],
      },
    },
    'm.json',
  );
  expect(made.anchors.length / 4).toBe(8 * 8 + 2 * 4 * 4); // 64 / 8 and 64 / 16 cells a side
  expect(made.standardization).toEqual({ name: 'own', mean: [1, 2, 3], deviation: [4, 5, 6] });
});
