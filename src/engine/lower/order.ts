import { topK } from '../commands/codes.ts';
import { type Lowering, type Lowerings, product } from '../plan/emit.ts';
import { inputOf, numberIn, placeOf } from './attributes.ts';

/** Bytes of the counts of digits: COUNTS of ../commands/order.ts, thrice. */
const countsBytes = 3 * 4 * 2048;
/** A heap of k takes longer than sorting all n where k is more than this share of n. */
const share = 1 / 16;

/** The k largest of each row and where they are: equal ones by their place, NaN behind all numbers. */
const largest: Lowering = (node, emit) => {
  const x = inputOf(node);
  const [values, indices] = node.outputs;
  if (values === undefined || indices === undefined)
    throw new TypeError(`engine: ${placeOf(node)}: it makes values and indices`);
  const n = x.shape.at(-1) ?? 1;
  const k = numberIn(node, 'k');
  const [to, places] = [emit.make(values, 'plain'), emit.make(indices, 'plain')];
  if (k === 0) return;
  const sorts = k > share * n;
  const bytes = sorts ? countsBytes + 16 * n : 16 * k;
  emit.command({
    code: topK,
    name: `top ${k}`,
    words: [
      emit.read(x, 'plain'),
      to,
      places,
      product(x.shape) / n,
      n,
      k,
      x.dtype === 'float32' ? 0 : 1,
      emit.scratch(bytes),
      bytes,
      sorts ? 1 : 0,
    ],
    traffic: 4 * product(x.shape) + 8 * product(values.shape),
  });
};

/** Kernels that put numbers in order. */
export const orderLowerings: Lowerings = { TopK: largest };
