import type { Mixup, Mosaic } from './augmentStepsMix.ts';
import type { Flip, ResizedCrop, ScaleJitter, SsdCrop, ZoomOut } from './augmentStepsMove.ts';
import type { Blur, Colour, CutOut, Exposure, Photometric } from './augmentStepsPaint.ts';

/** An augmentation as data: its name and its numbers. It can be written to a recipe and sent to a worker. */
export type Augmentation =
  | Flip
  | Colour
  | Photometric
  | Exposure
  | ResizedCrop
  | SsdCrop
  | ZoomOut
  | ScaleJitter
  | Mosaic
  | Mixup
  | Blur
  | CutOut;

/** The SSD baseline's: colour, flip, crop. @see train_eval.py of sejong-rcv/MLPD-Multi-Label-Pedestrian-Detection */
export const baselineAugmentation: readonly Augmentation[] = [
  { name: 'colour', brightness: 0.3, contrast: 0.3, saturation: 0.3 },
  { name: 'flip' },
  { name: 'resizedCrop' },
];

/** SSD's own. @see torchvision's detection presets, `ssd` */
export const ssdAugmentation: readonly Augmentation[] = [
  { name: 'photometric' },
  { name: 'zoomOut' },
  { name: 'ssdCrop' },
  { name: 'flip' },
];

/** Scale, place, flip and exposure, for small data sets of large people; with `cut: 'background'`. */
export const jitterAugmentation: readonly Augmentation[] = [
  { name: 'scaleJitter' },
  { name: 'flip' },
  { name: 'exposure' },
];
