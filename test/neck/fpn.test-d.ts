import { expectTypeOf, it } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import type { Neck } from '../../src/core/levels.ts';
import { type RetinaNet, retinaNet } from '../../src/model/retinaNet.ts';
import { type Ssd, ssd300 } from '../../src/model/ssd.ts';
import { fpn } from '../../src/neck/fpn.ts';

const stages = ['C3', 'C4', 'C5'] as const;

it('a pyramid lists the levels beyond its stages', () => {
  expectTypeOf(fpn({ stages, channels: 8 })).toEqualTypeOf<Neck<'C3' | 'C4' | 'C5', 'P3' | 'P4' | 'P5'>>();
  expectTypeOf(fpn({ stages, channels: 8, extra: 'pool' })).toEqualTypeOf<
    Neck<'C3' | 'C4' | 'C5', 'P3' | 'P4' | 'P5' | 'P6'>
  >();
  expectTypeOf(fpn({ stages, channels: 8, extra: 'convLevel' })).toEqualTypeOf<
    Neck<'C3' | 'C4' | 'C5', 'P3' | 'P4' | 'P5' | 'P6' | 'P7'>
  >();
  // @ts-expect-error: levels beyond are of the pyramid with one number of channels
  fpn({ stages, channels: 'stage', extra: 'pool' });
});
it('detectors of the families know their stages', () => {
  const made = () => retinaNet({ backbone: efficientNetB0(), labels: ['person'], inputSize: [64, 64] });
  expectTypeOf(made).returns.toEqualTypeOf<RetinaNet<'C1' | 'C2' | 'C3' | 'C4' | 'C5'>>();
  expectTypeOf(ssd300).returns.toEqualTypeOf<Ssd<'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8'>>();
  // @ts-expect-error: names or a number, not both
  ssd300({ labels: ['person'], classes: 1 });
  // @ts-expect-error: one of them
  ssd300({});
});
