import type { Tensor } from '@tensorflow/tfjs-core';
import type { HasParts } from '../../src/core/block.ts';
import type { Standardization } from '../../src/core/levels.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import type { NameMap } from '../../src/weights/nameMap.ts';
import { efficientDetAnswersOf, ssdAnswersOf } from './detectorTaps.ts';
import { inputOf } from './fill.ts';
import type { Golden } from './formula.ts';
import { answersOf } from './taps.ts';
import { vggAnswersOf } from './vggTaps.ts';
import { classifierOf, efficientDetOf, none, ssdOf, vggOf } from './zoo.ts';

/** A model of ours that a golden is about: who names its weights, and what it answers. */
export interface Subject {
  readonly model: HasParts;
  readonly names: NameMap;
  readonly answers: (golden: Golden) => ReadonlyMap<string, Tensor>;
}

/** Makes the model that a golden is about, complete, without numbers. @throws RangeError where there is none of ours */
export function subjectOf({ source, model: name, input: [, , height, width], outputs }: Golden): Subject {
  const standardization = pixelsOf(source, name);
  const options = { inputSize: [height, width] as const, ...(standardization ? { standardization } : {}) };
  const vgg = 'logits' in outputs ? undefined : vggOf(source, name);
  if (vgg) {
    complete(vgg.model, [1, height, width, 3]);
    return { ...vgg, answers: (golden) => vggAnswersOf(vgg.model, inputOf(golden), golden) };
  }
  const classifier = classifierOf(source, name);
  if (classifier) {
    const model = classifier.make(options);
    return { names: classifier.names, model, answers: (golden) => answersOf(model, inputOf(golden), golden) };
  }
  const ssd = ssdOf(source, name);
  if (ssd) {
    const model = ssd.make(options);
    return { names: ssd.names, model, answers: (golden) => ssdAnswersOf(model, inputOf(golden)) };
  }
  const efficientDet = efficientDetOf(source, name);
  if (efficientDet) {
    const model = efficientDet.make(options);
    return { names: efficientDet.names, model, answers: (golden) => efficientDetAnswersOf(model, inputOf(golden)) };
  }
  throw new RangeError(`no model of ours is ${source}'s ${name}`);
}

/**
 * What the reference did to its input inside the model: nothing, but in Keras. There V1 has a layer with statistics as
 * weights; the reference run set those without `finalize_state`, so that the layer went on with 0 and 1: what is left is / 255.
 */
function pixelsOf(source: string, name: string): Standardization | undefined {
  if (source !== 'keras') return none;
  if (name.includes('V2')) return undefined; // constants: those of the variant
  return { name: 'by255', mean: [0, 0, 0], deviation: [255, 255, 255] };
}
