import { describe, expectTypeOf, it } from 'vitest';
import { efficientNetB0 } from '../../src/backbone/efficientNet.ts';
import { efficientDet } from '../../src/model/efficientDet.ts';
import { efficientDetD0, efficientDetD7x } from '../../src/model/efficientDetSizes.ts';

type Levels = 'P3' | 'P4' | 'P5' | 'P6' | 'P7';
const columns = { inputSize: [64, 64], channels: 8, cells: 1, repeats: 1, labels: ['person'] } as const;

describe('the types of an EfficientDet', () => {
  it('list its levels', () => {
    expectTypeOf(efficientDetD0({ classes: 90 }).neck.levels).toEqualTypeOf<readonly Levels[]>();
    expectTypeOf(efficientDetD7x({ labels: ['person'] }).neck.levels).toEqualTypeOf<readonly (Levels | 'P8')[]>();
    const own = efficientDet({ backbone: efficientNetB0(), to: 'P8', ...columns });
    expectTypeOf(own.neck.levels).toEqualTypeOf<readonly (Levels | 'P8')[]>();
  });
  it('ask for names of classes or how many there are, not for both', () => {
    // @ts-expect-error neither
    efficientDetD0({});
    // @ts-expect-error both
    efficientDetD0({ labels: ['person'], classes: 1 });
  });
  it('reject a level that no cell is made for', () => {
    // @ts-expect-error P9 is none of P7 and P8
    efficientDet({ backbone: efficientNetB0(), to: 'P9', ...columns });
  });
});
