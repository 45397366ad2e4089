import { type Coder, plainCoder } from './coder.ts';
import type { MatchRule } from './match.ts';
import type { PostprocessRule } from './postprocess.ts';

/**
 * How EfficientDet writes boxes: without variances, and sides may grow without a limit. Its code adds 1e-8 to each side,
 * which no float32 of a pixel shows.
 *
 * @see automl/efficientdet, object_detection/faster_rcnn_box_coder.py
 */
export const efficientDetCoder: Coder = { ...plainCoder, largest: Number.POSITIVE_INFINITY };

/**
 * Which anchor of EfficientDet learns which object: an IoU of 0.5, and each object's best anchor; of two objects that want
 * one, the earlier. With `matchBatch` and `efficientDetCoder`; its class 0 is effdet's -1, its -1 effdet's -2.
 *
 * @see automl/efficientdet, anchors.py, AnchorLabeler
 */
export const efficientDetMatch = { threshold: 0.5, claims: 'earlier' } as const satisfies MatchRule;

/** What effdet reports. It counts lines at the edge of the picture, which are left out here, among its boxes. @see effdet, bench.py and anchors.py, generate_detections */
export const effdetPostprocess = {
  activation: 'sigmoid',
  background: 'none',
  scoreAbove: 0,
  candidates: 5000,
  candidatesOf: 'image',
  suppression: { name: 'hard' },
  iouAbove: 0.5,
  keep: 100,
} as const satisfies PostprocessRule;

/** What effdet reports with `soft_nms`. @see effdet, soft_nms.py */
export const effdetSoftPostprocess = {
  ...effdetPostprocess,
  suppression: { name: 'gaussian', sigma: 0.5 },
  scoreAbove: 0.001,
} as const satisfies PostprocessRule;

/**
 * What Google's Keras code reports: the best class of every anchor, soft suppression across the classes, boxes as they are.
 *
 * @see automl/efficientdet, keras/postprocess.py, postprocess_global
 */
export const kerasPostprocess = {
  activation: 'sigmoid',
  background: 'none',
  scoreAbove: 0.001,
  candidates: 'all',
  candidatesOf: 'image',
  classesOfAnchor: 'best',
  suppression: { name: 'gaussian', sigma: 0.5 }, // TensorFlow is given half of it, for its own definition
  among: 'all',
  keep: 100,
  clip: 'none',
} as const satisfies PostprocessRule;
