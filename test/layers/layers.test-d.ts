import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expectTypeOf, it } from 'vitest';
import type { Block } from '../../src/core/block.ts';
import { asLayersModel, blockOf, bytes, fromLayersModel, getWeights, type LayersBackbone } from '../../src/layers.ts';
import { detector } from '../../src/model/detector.ts';
import { fpn } from '../../src/neck/fpn.ts';
import { head, small } from './shared.ts';

declare const net: LayersModel;
const backbone = fromLayersModel(net, { levels: { C3: 'conv3', C4: 'conv4' }, standardization: bytes });

describe('the types of the border to tfjs-layers', () => {
  it('infer the stages of a backbone from the levels that were named', () => {
    expectTypeOf(backbone).toEqualTypeOf<LayersBackbone<'C3' | 'C4'>>();
    expectTypeOf(backbone.features.C4.stride).toEqualTypeOf<number>();
  });
  it('reject a neck that reads a stage that was not named, and a stage that is none', () => {
    const neck = fpn({ stages: ['C3', 'C4', 'C5'], channels: 4 });
    // @ts-expect-error no C5
    detector({ backbone, neck, head: head(), inputSize: [32, 32] });
    // @ts-expect-error no stage
    fromLayersModel(net, { levels: { D3: 'conv3' }, standardization: bytes });
    // @ts-expect-error the scaling of the input must be said
    fromLayersModel(net, { levels: { C3: 'conv3' } });
  });
  it('ask for the size of a block that does not say it', () => {
    expectTypeOf(asLayersModel(small())).toEqualTypeOf<LayersModel>();
    // @ts-expect-error no inputShape
    asLayersModel(backbone);
    expectTypeOf(asLayersModel(backbone, { inputShape: [32, 32, 3] })).toEqualTypeOf<LayersModel>();
    expectTypeOf(blockOf(net)).toEqualTypeOf<Block<Tensor4D, unknown>>();
    expectTypeOf(getWeights(net)).not.toBeAny();
  });
});
