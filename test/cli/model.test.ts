import { expect, it } from 'vitest';
import { full, ladder, small } from '../../examples/ladder.ts';
import { efficientNetB0, efficientNetB8 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite1 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2B1 } from '../../src/backbone/efficientNetV2.ts';
import { ssdVgg16 } from '../../src/backbone/ssdVgg16.ts';
import { keras, timmTf, torchvision } from '../../src/backbone/variant.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import { modelOf } from '../../src/cli/model.ts';
import { backboneOf } from '../../src/cli/modelBackbone.ts';
import { ladderModel, rungNames } from '../../src/cli/modelLadder.ts';
import { isFamily, readyModel } from '../../src/cli/modelReady.ts';
import type { Backbone, Stage } from '../../src/core/levels.ts';
import { count } from '../../src/core/model.ts';
import { cocoLabels90 } from '../../src/detection/cocoLabels.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { efficientDetD0 } from '../../src/model/efficientDetSizes.ts';
import type { Predictor } from '../../src/model/predict.ts';
import { retinaNet } from '../../src/model/retinaNet.ts';
import { ssd300 } from '../../src/model/ssd.ts';
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
const counts = (description: unknown) => count(modelOf(JSON.parse(JSON.stringify(description)), 'm.json'));
it.each<[string, object, Pick<Backbone<Stage>, 'variant' | 'stages'> & { readonly features: object }]>([
  ['a Lite', { kind: 'efficientNetLite', size: 'Lite1', variant: 'timmTf' }, efficientNetLite1({ variant: timmTf })],
  ['a second version', { kind: 'efficientNetV2', size: 'B1' }, efficientNetV2B1()],
  ['a VGG', { kind: 'vgg16' }, vgg16()],
  ['a VGG with batch norms', { kind: 'vgg16BatchNorm', variant: 'keras' }, vgg16BatchNorm({ variant: keras })],
  ["SSD's VGG", { kind: 'ssdVgg16', layers: 300 }, ssdVgg16({ layers: 300 })],
  ['a published size', { kind: 'efficientNet', size: 'B8', maps: 'stage' }, efficientNetB8({ maps: 'stage' })],
])('knows the backbones: %s', (_, description, own) => {
  const made = backboneOf(description, 'm.json: backbone');
  const { features, variant, stages } = own;
  expect([made.features, made.variant, made.stages]).toEqual([features, variant, stages]);
});
it('knows levels beyond the last stage, and anchors at corners', () => {
  const anchors = Array.from({ length: 5 }, () => ({ shapes: [[16, 16]], grid: 'corners' }));
  const description = {
    ...smallModel,
    neck: { kind: 'fpn', stages: ['C3', 'C4', 'C5'], channels: 8, extra: 'convLevel' },
    head: { ...head, levels: ['P3', 'P4', 'P5', 'P6', 'P7'], anchors },
  };
  const made = modelOf(description, 'm.json');
  expect(made.maps.map(({ level, height }) => `${level} ${height}`)).toEqual(['P3 8', 'P4 4', 'P5 2', 'P6 1', 'P7 1']);
  expect([...made.anchors.subarray(0, 4)]).toEqual([-8, -8, 8, 8]);
});
it.each<[string, Predictor]>([
  ['efficientDetD0', efficientDetD0({ labels: cocoLabels90 })],
  [
    'efficientDetLite0,labels=person+car,size=256x384',
    efficientDetLite0({ labels: ['person', 'car'], inputSize: [256, 384] }),
  ],
  ['ssd300,variant=torchvision', ssd300({ labels: cocoLabels90, variant: torchvision })],
  ['retinaNet,labels=person', retinaNet({ backbone: efficientNetB0(), inputSize: [512, 512], labels: ['person'] })],
])('makes a published detector by its name: %s', (text, own) => {
  expect(isFamily(text)).toBe(true);
  const { name, description } = readyModel(text);
  const made = modelOf(JSON.parse(JSON.stringify(description)), name);
  expect(count(made)).toEqual(count(own));
  expect([made.anchors, made.labels, made.inputSize]).toEqual([own.anchors, own.labels, own.inputSize]);
  expect([made.rule, made.coder, made.loss, made.match]).toEqual([own.rule, own.coder, own.loss, own.match]);
});
it('describes the detector of the Penn-Fudan recipe, with three upright anchors a cell', () => {
  const description = {
    format: 'pyramidion-model/1',
    family: 'efficientDetLite0',
    labels: ['person'],
    anchors: { ratios: [[1.56, 0.64]] },
  };
  expect(modelOf(description, 'm.json').anchors.length / 4).toBe(6_402); // specs: 3 * (1600 + 400 + 100 + 25 + 9)
  expect(counts(description)).toEqual(counts({ ...description, seed: 7 }));
});
it.each([
  [{ family: 'yolo' }, 'm.json: family is "yolo"; it must be one of ssd300, ssd512, retinaNet'],
  [{ family: 'ssd300', inputSize: [9, 9] }, 'm.json: inputSize is no field of it; there are format, family, labels'],
  [{ family: 'ssd300', variant: 'timm' }, 'm.json: ssdVgg16: variant is timm; it must be torchvision'],
  [{ family: 'efficientDetD0', labels: [] }, 'm.json: efficientDet: labels are []'],
  [{ family: 'retinaNet' }, 'm.json: backbone is missing'],
])('names what is wrong with a family: %j', (given, message) => {
  expect(() => modelOf({ format: 'pyramidion-model/1', ...given }, 'm.json')).toThrow(message);
});
it('names what is wrong with a published one on the command line', () => {
  expect(() => readyModel('ssd300,size=9x9')).toThrow('ssd300 has no option size; it has labels, variant');
  expect(() => readyModel('efficientDetD0,size=9')).toThrow('efficientDetD0: size is 9; it must be height and width');
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
