import { FormatError } from '../data/formatError.ts';
import { ssdHead } from '../head/ssdHead.ts';
import { detector } from '../model/detector.ts';
import { backboneOf } from './modelBackbone.ts';
import { type AnyDetector, familyOf, sides } from './modelFamily.ts';
import { fieldsOf, naming } from './modelFields.ts';
import { anchorsOf } from './modelHead.ts';
import { levels, neckOf } from './modelNeck.ts';
import { standardOf } from './modelStandard.ts';

/** The mark at the head of a description. */
const modelFormat = 'pyramidion-model/1';

/**
 * Makes a detector of its description, plain data; no code runs from it.
 *
 *     { "format": "pyramidion-model/1",
 *       "inputSize": [128, 256],                       height, width; "resize" likewise, where the model resizes it
 *       "standardize": "kaist",                        imagenet, kaist, unit, or { "name", "mean", "deviation" }
 *       "backbone": { "kind": "efficientNet", "width": 0.5, "depth": 0.5, "strides": "ladder", "dropConnect": 0 },
 *       "neck": { "kind": "fpn", "stages": ["C3", "C4", "C5"], "channels": "stage", "upsample": "bilinear",
 *                 "lift": { "channels": 64 } },
 *       "head": { "levels": ["P3", "P4", "P5"], "anchors": { "sides": [15, 28, 51], "ratios": [0.36, 0.55] },
 *                 "labels": ["person"] } }
 *
 * A published detector has a `family` in the place of the parts: see `familyOf`.
 *
 * @param name how errors call the description
 * @throws FormatError that names the field by its path; RangeError where the parts do not fit each other
 */
export function modelOf(description: unknown, name: string): AnyDetector {
  const { format, family } = Object(description) as { readonly format?: unknown; readonly family?: unknown };
  if (family !== undefined && format === modelFormat) return familyOf(description, name);
  const root = fieldsOf(description, name, [
    'format',
    'inputSize',
    'resize',
    'standardize',
    'backbone',
    'neck',
    'head',
    'seed',
  ]);
  root.word('format', [modelFormat]);
  const backbone = backboneOf(root.object('backbone'), `${name}: backbone`);
  const head = fieldsOf(root.object('head'), `${name}: head`, ['levels', 'anchors', 'labels']);
  const read = head.words('levels', levels);
  const neck = neckOf(root.object('neck'), `${name}: neck`, read);
  const noStage = neck.needs.find((stage) => !backbone.stages.includes(stage));
  if (noStage !== undefined)
    throw new FormatError(`${name}: neck.stages has ${noStage}; the backbone makes ${backbone.stages.join(', ')}`);
  const noLevel = read.find((level) => !neck.levels.includes(level));
  if (noLevel !== undefined)
    throw new FormatError(`${name}: head.levels has ${noLevel}; the neck makes ${neck.levels.join(', ')}`);
  return naming(name, () =>
    detector({
      backbone,
      neck,
      head: ssdHead({ levels: read, anchors: anchorsOf(head), labels: head.texts('labels') }),
      inputSize: root.pair('inputSize', sides),
      ...(root.has('resize') ? { resize: root.pair('resize', sides) } : {}),
      ...(root.has('standardize') ? { standardize: standardOf(root, name) } : {}),
      ...(root.has('seed') ? { seed: root.number('seed', [0, 2 ** 32]) } : {}),
    }),
  );
}
