import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expectTypeOf, it } from 'vitest';
import type { Classifier } from '../../src/backbone/classifier.ts';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite4 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2S } from '../../src/backbone/efficientNetV2.ts';
import { timm } from '../../src/backbone/variant.ts';
import { vgg16 } from '../../src/backbone/vgg.ts';
import type { Backbone } from '../../src/core/levels.ts';

type Five = 'C1' | 'C2' | 'C3' | 'C4' | 'C5';

describe('the types of a published size', () => {
  it('are those of a backbone without classes, of a classifier with them', () => {
    expectTypeOf(efficientNetB0()).toEqualTypeOf<Backbone<Five>>();
    expectTypeOf(efficientNetV2S({ variant: timm })).toEqualTypeOf<Backbone<Five>>();
    expectTypeOf(vgg16()).toEqualTypeOf<Backbone<Five>>();
    expectTypeOf(efficientNetB0({ classes: 10 })).toEqualTypeOf<Classifier<Five>>();
    expectTypeOf(efficientNetLite4({ classes: 10, variant: timm })).toEqualTypeOf<Classifier<Five>>();
    expectTypeOf(vgg16({ classes: 10 })).toEqualTypeOf<Classifier<Five>>();
  });
  it('give a map a stage where they are asked to', () => {
    expectTypeOf(efficientNetLite4({ strides: 'ladder' })).toEqualTypeOf<Backbone<Five | 'C6' | 'C7'>>();
  });
  it('say what a classifier gives, and that its backbone is at hand', () => {
    const model = efficientNetB0({ classes: 10 });
    expectTypeOf(model).toBeCallableWith({} as Tensor4D);
    expectTypeOf(model({} as Tensor4D)).toEqualTypeOf<Tensor2D>();
    expectTypeOf(model.backbone).toEqualTypeOf<Backbone<Five>>();
    expectTypeOf(model.labels).toEqualTypeOf<readonly string[] | undefined>();
  });
  it('reject labels without classes, classes with the strides of the ladder, and unknown stages', () => {
    // @ts-expect-error labels of no classes
    efficientNetB0({ labels: ['cat'] });
    // @ts-expect-error the ladder does not classify
    efficientNetB0({ classes: 10, strides: 'ladder' });
    // @ts-expect-error no C6
    vgg16().until(['C6']);
  });
});
