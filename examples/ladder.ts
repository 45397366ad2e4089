/** Seven detectors, each one step on from the last. `npm run ladder` prints them. */
import {
  type Backbone,
  baselineAnchors,
  bifpn,
  compose,
  detector,
  efficientNet,
  efficientNetB4,
  fpn,
  kaist,
  lift,
  select,
  ssdHead,
  ssdVgg,
  unit,
} from 'pyramidion';

const fine = ['P3', 'P4', 'P5'] as const;
const labels = ['person'];

/** The study's size: EfficientNet-B4 at 512x640, 512 channels before the head, 224 in the weighted pyramid. */
export const full = {
  inputSize: [512, 640] as readonly [height: number, width: number],
  stages: (): Backbone<'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7'> => efficientNetB4({ strides: 'ladder' }),
  vgg: () => ssdVgg(),
  channels: 512,
  pyramid: 224,
  anchors: baselineAnchors(),
};

/** Everything narrow, for minutes of training on a small computer; people from a fifth to four fifths of the input's height. */
export const small = (inputSize: readonly [height: number, width: number]): typeof full => ({
  inputSize,
  stages: () => efficientNet({ width: 0.5, depth: 0.5, strides: 'ladder', dropConnect: 0 }),
  vgg: () => ssdVgg({ width: 0.125 }),
  channels: 64,
  pyramid: 48,
  anchors: baselineAnchors({ sides: [0.12, 0.22, 0.4].map((part) => part * inputSize[0]), ratios: [0.36, 0.55] }),
});

export const ladder = {
  vggBaseline: ({ inputSize, vgg, anchors } = full) =>
    detector({
      inputSize,
      standardize: kaist,
      backbone: vgg(),
      neck: select({ stages: ['C3', 'C4', 'C5'] }),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),

  efficientNetBackbone: ({ inputSize, stages, anchors } = full) =>
    detector({
      inputSize,
      standardize: unit, // the study's accident
      backbone: stages(),
      neck: select({ stages: ['C3', 'C4', 'C5'] }),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),

  normalizedWide: ({ inputSize, stages, channels, anchors } = full) =>
    detector({
      inputSize,
      standardize: kaist,
      backbone: stages(),
      neck: compose(select({ stages: ['C3', 'C4', 'C5'] }), lift({ levels: fine, channels })),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),

  highResolution: ({ inputSize: [height, width], stages, channels, anchors } = full) =>
    detector({
      inputSize: [height, width],
      resize: [2 * height, 2 * width],
      standardize: kaist,
      backbone: stages(),
      neck: compose(select({ stages: ['C4', 'C5', 'C6'] }), lift({ levels: ['P4', 'P5', 'P6'], channels })),
      head: ssdHead({ levels: ['P4', 'P5', 'P6'], anchors, labels }),
    }),

  fpn: ({ inputSize, stages, channels, anchors } = full) =>
    detector({
      inputSize,
      standardize: kaist,
      backbone: stages(),
      neck: compose(
        fpn({ stages: ['C3', 'C4', 'C5', 'C6', 'C7'], channels: 'stage', upsample: 'bilinear' }),
        lift({ levels: fine, channels }),
      ),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),

  deconvFpn: ({ inputSize, stages, channels, anchors } = full) =>
    detector({
      inputSize,
      standardize: kaist,
      backbone: stages(),
      neck: compose(
        fpn({ stages: ['C3', 'C4', 'C5', 'C6', 'C7'], channels: 'stage', upsample: 'transposed' }),
        lift({ levels: fine, channels }),
      ),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),

  weightedFpn: ({ inputSize, stages, channels, pyramid, anchors } = full) =>
    detector({
      inputSize,
      standardize: kaist,
      backbone: stages(),
      neck: compose(
        bifpn({ stages: ['C3', 'C4', 'C5', 'C6', 'C7'], from: 'P3', to: 'P7', channels: pyramid, cells: 2 }),
        lift({ levels: fine, channels }),
      ),
      head: ssdHead({ levels: fine, anchors, labels }),
    }),
};
