/** Seven detectors, each one step on from the last. `npm run ladder` prints them. */
import {
  baselineAnchors,
  bifpn,
  compose,
  detector,
  efficientNetB4,
  fpn,
  kaist,
  lift,
  select,
  ssdHead,
  ssdVgg,
  unit,
} from 'pyramidion';

const inputSize = [512, 640] as const;
const fine = ['P3', 'P4', 'P5'] as const;
const all = ['C3', 'C4', 'C5', 'C6', 'C7'] as const;
const head = () => ssdHead({ levels: fine, anchors: baselineAnchors(), labels: ['person'] });
const wide = () => lift({ levels: fine, channels: 512 });
const stages = () => efficientNetB4({ strides: 'ladder' });

export const ladder = {
  vggBaseline: () => {
    const neck = select({ stages: ['C3', 'C4', 'C5'] });
    return detector({ inputSize, standardize: kaist, backbone: ssdVgg(), neck, head: head() });
  },

  efficientNetBackbone: () => {
    const neck = select({ stages: ['C3', 'C4', 'C5'] });
    return detector({ inputSize, standardize: unit, backbone: stages(), neck, head: head() });
  },

  normalizedWide: () => {
    const neck = compose(select({ stages: ['C3', 'C4', 'C5'] }), wide());
    return detector({ inputSize, standardize: kaist, backbone: stages(), neck, head: head() });
  },

  highResolution: () => {
    const levels = ['P4', 'P5', 'P6'] as const;
    const neck = compose(select({ stages: ['C4', 'C5', 'C6'] }), lift({ levels, channels: 512 }));
    const head = ssdHead({ levels, anchors: baselineAnchors(), labels: ['person'] });
    return detector({ inputSize, resize: [1024, 1280], standardize: kaist, backbone: stages(), neck, head });
  },

  fpn: () => {
    const neck = compose(fpn({ stages: all, channels: 'stage', upsample: 'bilinear' }), wide());
    return detector({ inputSize, standardize: kaist, backbone: stages(), neck, head: head() });
  },

  deconvFpn: () => {
    const neck = compose(fpn({ stages: all, channels: 'stage', upsample: 'transposed' }), wide());
    return detector({ inputSize, standardize: kaist, backbone: stages(), neck, head: head() });
  },

  weightedFpn: () => {
    const neck = compose(bifpn({ stages: all, from: 'P3', to: 'P7', channels: 224, cells: 2 }), wide());
    return detector({ inputSize, standardize: kaist, backbone: stages(), neck, head: head() });
  },
};
