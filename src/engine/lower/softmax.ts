import { softmax } from '../commands/codes.ts';
import { type Lowering, type Lowerings, product } from '../plan/emit.ts';
import { inputOf, numberIn, outputOf, placeOf } from './attributes.ts';

/** Bytes of the numbers of exp and log, for each thread. */
const constants = 59 * 32;

const rows =
  (log: 0 | 1): Lowering =>
  (node, emit) => {
    const [x, result] = [inputOf(node), outputOf(node)];
    const rank = x.shape.length;
    const axis = numberIn(node, log ? 'axis' : 'dim', -1);
    if (axis !== -1 && axis !== rank - 1)
      throw new RangeError(`engine: ${placeOf(node)}: axis ${axis} of ${rank}; only the last one can be`);
    const n = x.shape.at(-1) ?? 1;
    emit.command({
      code: softmax,
      name: log ? 'log softmax' : 'softmax',
      words: [
        emit.read(x, 'plain'),
        emit.make(result, 'plain'),
        product(x.shape) / n,
        n,
        log,
        emit.scratch(constants),
        constants,
      ],
      traffic: 8 * product(x.shape),
    });
  };

/** Rows of numbers as probabilities. */
export const softmaxLowerings: Lowerings = { Softmax: rows(0), LogSoftmax: rows(1) };
