import type { Value } from '../../trace/graph.ts';
import { packLanes } from '../commands/codes.ts';
import { type Emit, groupsOf8, type Operand } from '../plan/emit.ts';

/** A depthwise filter [kh, kw, c, q] and its bias as the kernels read them: [c * q / 8][kh * kw + 1][8], the bias last. */
export function windowFilter(filter: Value, bias: Value | undefined, emit: Emit): Operand {
  const [height = 1, width = 1, channels = 1, times = 1] = filter.shape;
  const [taps, outputs] = [height * width, channels * times];
  const group = 32 * (taps + 1);
  const of = bias ? [filter, bias] : [filter];
  return emit.derived('window', of, group * groupsOf8(outputs), (to) => {
    const pack = (value: Value | undefined, rows: number, at: number) => {
      const from = value && emit.read(value, 'plain');
      const words = [from, { ...to, offset: to.offset + at }, rows, outputs, group];
      emit.command({ code: packLanes, name: 'pack window', words });
    };
    pack(filter, taps, 0);
    pack(bias, 1, 32 * taps);
  });
}
