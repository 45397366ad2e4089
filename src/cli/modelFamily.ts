import type { Level, Stage } from '../core/levels.ts';
import { jsonList } from '../data/formats/json.ts';
import { cocoLabels90 } from '../detection/cocoLabels.ts';
import type { Detector } from '../model/detector.ts';
import {
  efficientDetLite0,
  efficientDetLite1,
  efficientDetLite2,
  efficientDetLite3,
  efficientDetLite3x,
  efficientDetLite4,
} from '../model/efficientDetLite.ts';
import {
  efficientDetD0,
  efficientDetD1,
  efficientDetD2,
  efficientDetD3,
  efficientDetD4,
  efficientDetD5,
  efficientDetD6,
  efficientDetD7,
  efficientDetD7x,
} from '../model/efficientDetSizes.ts';
import type { Predictor } from '../model/predict.ts';
import { retinaNet } from '../model/retinaNet.ts';
import { ssd300, ssd512 } from '../model/ssd.ts';
import { backboneOf, variantIn } from './modelBackbone.ts';
import { type Fields, fieldsOf, naming } from './modelFields.ts';
import { standardOf } from './modelStandard.ts';

/** A detector of a description, with what it may say of how it is read and how it learns. */
export type AnyDetector = Detector<Stage, Level> & Predictor;

const ssds = { ssd300, ssd512 };
const efficientDets = {
  efficientDetD0,
  efficientDetD1,
  efficientDetD2,
  efficientDetD3,
  efficientDetD4,
  efficientDetD5,
  efficientDetD6,
  efficientDetD7,
  efficientDetD7x,
  efficientDetLite0,
  efficientDetLite1,
  efficientDetLite2,
  efficientDetLite3,
  efficientDetLite3x,
  efficientDetLite4,
};
export const familyNames: readonly string[] = [...Object.keys(ssds), 'retinaNet', ...Object.keys(efficientDets)];

/** Sides of an input, pixels, so that no number in a file takes all memory. */
export const sides = [1, 8192] as const;
const channelsAtMost = 2 ** 14;

/**
 * A published detector by its name, plain data:
 *
 *     { "format": "pyramidion-model/1", "family": "efficientDetLite0", "labels": ["person"], "inputSize": [320, 320],
 *       "variant": "timmTf", "anchors": { "scale": 3, "octaves": 3, "ratios": [[1.56, 0.64]] } }
 *     { "format": "pyramidion-model/1", "family": "ssd300", "labels": ["person"], "data": "voc" }
 *     { "format": "pyramidion-model/1", "family": "retinaNet", "inputSize": [512, 512],
 *       "backbone": { "kind": "efficientNet", "size": "B0" }, "channels": 256 }
 *
 * Without labels they are COCO's 90.
 *
 * @throws FormatError that names the field by its path
 */
export function familyOf(description: unknown, name: string): AnyDetector {
  const { family } = Object(description) as { readonly family?: unknown };
  const known = typeof family === 'string' && Object.hasOwn(fieldsOfFamily, family) ? family : undefined;
  const fields = ['format', 'family', 'labels', 'seed', ...(known === undefined ? [] : (fieldsOfFamily[known] ?? []))];
  const root = fieldsOf(known === undefined ? { family } : description, name, fields);
  root.word('family', familyNames);
  // Stages and levels are looked at by whoever reads them: the description is no type.
  return naming(name, () => make(root, name)) as unknown as AnyDetector;
}

const ofSsd = ['data', 'variant', 'standardize'];
const ofRetinaNet = ['backbone', 'inputSize', 'channels', 'coarsestOf', 'repeats', 'background', 'standardize'];
const ofEfficientDet = ['inputSize', 'variant', 'anchors', 'standardize', 'dropConnect'];
/** What may be said of each, besides labels and seed. */
const fieldsOfFamily: { readonly [family: string]: readonly string[] } = {
  ...Object.fromEntries(Object.keys(ssds).map((family) => [family, ofSsd])),
  retinaNet: ofRetinaNet,
  ...Object.fromEntries(Object.keys(efficientDets).map((family) => [family, ofEfficientDet])),
};

function make(root: Fields, name: string): unknown {
  const labels = root.has('labels') ? root.texts('labels') : cocoLabels90;
  const seed = root.has('seed') ? { seed: root.number('seed', [0, 2 ** 32]) } : {};
  const standard = root.has('standardize') ? standardOf(root, name) : undefined;
  const common = { labels, ...seed };
  const family = root.text('family');
  if (family in ssds) {
    const data = root.has('data') ? { data: root.word('data', ['coco', 'voc']) } : {};
    const standardize = standard ? { standardize: standard } : {};
    return ssds[root.word('family', ['ssd300', 'ssd512'])]({ ...common, ...data, ...variantIn(root), ...standardize });
  }
  if (family === 'retinaNet')
    return retinaNet({
      ...common,
      backbone: backboneOf(root.object('backbone'), `${name}: backbone`),
      inputSize: root.pair('inputSize', sides),
      ...(root.has('channels') ? { channels: root.whole('channels', channelsAtMost) } : {}),
      ...(root.has('coarsestOf') ? { coarsestOf: root.word('coarsestOf', ['level', 'stage']) } : {}),
      ...(root.has('repeats') ? { repeats: root.whole('repeats', 100) } : {}),
      ...(root.has('background') ? { background: root.word('background', ['column', 'none']) } : {}),
      ...(standard ? { standardize: standard } : {}),
    });
  const names = Object.keys(efficientDets) as (keyof typeof efficientDets)[]; // keys of the record above
  return efficientDets[root.word('family', names)]({
    ...common,
    ...variantIn(root),
    ...(root.has('inputSize') ? { inputSize: root.pair('inputSize', sides) } : {}),
    ...(root.has('anchors') ? { anchors: anchorsIn(root.object('anchors'), `${name}: anchors`) } : {}),
    ...(root.has('dropConnect') ? { dropConnect: root.number('dropConnect', [0, 1]) } : {}),
    ...(standard ? { standardization: standard } : {}),
  });
}

function anchorsIn(given: unknown, path: string) {
  const fields = fieldsOf(given, path, ['scale', 'octaves', 'ratios']);
  const ratios = () =>
    jsonList(fields.object('ratios'), `${path}.ratios`).map((ratio, i) =>
      fieldsOf({ ratio }, `${path}.ratios[${i}]`, ['ratio']).pair('ratio', [0, 1000]),
    );
  return {
    ...(fields.has('scale') ? { scale: fields.number('scale', [0, 1000]) } : {}),
    ...(fields.has('octaves') ? { octaves: fields.whole('octaves', 100) } : {}),
    ...(fields.has('ratios') ? { ratios: ratios() } : {}),
  };
}
