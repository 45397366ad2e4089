import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { Boxes } from './boxes.ts';
import type { DetectionLoss, DetectionLossInputs } from './detectionLoss.ts';
import { type EfficientDetLossOptions, efficientDetLoss } from './efficientDetLoss.ts';
import { type FocalLossOptions, focalLoss } from './focalLoss.ts';
import { type SsdLossOptions, ssdLoss } from './ssdLoss.ts';

/** A loss by its name. Plain data: part of a recipe, or of a model. */
export type LossRule =
  | ({ readonly name: 'ssd' } & SsdLossOptions)
  | ({ readonly name: 'focal' } & FocalLossOptions)
  | ({ readonly name: 'efficientDet' } & EfficientDetLossOptions);

export const lossNames = ['ssd', 'focal', 'efficientDet'] as const satisfies readonly LossRule['name'][];

/** The loss that a rule names, of a model with these anchors. @throws what the loss throws */
export function detectionLoss(rule: LossRule, anchors: Boxes): (inputs: DetectionLossInputs) => DetectionLoss {
  switch (rule.name) {
    case 'ssd':
      return (inputs) => ssdLoss(inputs, rule);
    case 'focal':
      return (inputs) => focalLoss(inputs, rule);
    case 'efficientDet': {
      const { overlap } = rule;
      if (overlap === undefined) return (inputs) => efficientDetLoss(inputs, rule);
      const flat = Float32Array.from(anchors);
      const placed = (): Tensor2D => tensor2d(flat, [flat.length / 4, 4]); // a constant of the step
      return (inputs) => efficientDetLoss({ ...inputs, anchors: placed() }, rule);
    }
  }
}
