import { type Coder, plainCoder } from './coder.ts';
import type { MatchRule } from './match.ts';
import type { PostprocessRule } from './postprocess.ts';

/** What torchvision's SSD reports, as the paper's does. @see torchvision, detection/ssd.py, postprocess_detections */
export const torchvisionSsd = {
  activation: 'softmax',
  background: 'column',
  scoreAbove: 0.01,
  candidates: 400,
  candidatesOf: 'class',
  iouAbove: 0.45,
  keep: 200,
} as const satisfies PostprocessRule;

/**
 * What torchvision's RetinaNet reports; it needs `levels`, which a model of `retinaNet` adds. Its first column is a class
 * that never was: here it is left alone, torchvision would report it as class 0.
 *
 * @see torchvision, detection/retinanet.py, postprocess_detections
 */
export const torchvisionRetinaNet = {
  activation: 'sigmoid',
  background: 'column',
  scoreAbove: 0.05,
  candidates: 1000,
  candidatesOf: 'level',
  iouAbove: 0.5,
  keep: 300,
} as const satisfies PostprocessRule;

/** How torchvision's RetinaNet writes boxes: without variances. @see torchvision, detection/retinanet.py, box_coder */
export const retinaNetCoder: Coder = plainCoder;

/** Which anchor of torchvision's RetinaNet learns which object. @see torchvision, detection/retinanet.py, proposal_matcher */
export const retinaNetMatch = { threshold: 0.5, negativeBelow: 0.4, claims: 'own' } as const satisfies MatchRule;
