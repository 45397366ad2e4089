/** Numbers to sort by, none NaN. */
export type Scores = Float32Array | Float64Array;

/** Places of the `count` largest, from the largest; of equals the first. [n] -> [min(count, n)]. Sorts no more than these. */
export function largest(scores: Scores, count: number): Int32Array {
  const order = places(scores.length);
  const kept = Math.min(count, order.length);
  arrange(order, 0, kept, scores);
  return order.subarray(0, kept);
}

/** Places from the largest score down; of equals the first. Sorts a part at a time, so that who stops early pays little. */
export function* descending(scores: Scores): Generator<number, void> {
  const order = places(scores.length);
  if (scores.every((score, i) => i === 0 || score <= (scores[i - 1] ?? 0))) return yield* order;
  for (let from = 0, count = 256; from < order.length; from += count, count *= 2) {
    const to = Math.min(from + count, order.length);
    arrange(order, from, to, scores);
    yield* order.subarray(from, to);
  }
}

function places(count: number): Int32Array {
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i; // Int32Array.from of an iterator takes ten times as long
  return order;
}

/** Brings the first of order[from...] to order[from..to), in order. @see Hoare, Quickselect, 1961 */
function arrange(order: Int32Array, from: number, to: number, scores: Scores): void {
  let [low, high] = [from, order.length - 1];
  while (low < high && to < order.length) {
    const pivot = middle(order[low] ?? 0, order[(low + high) >> 1] ?? 0, order[high] ?? 0, scores);
    let left = low;
    let right = high;
    while (left <= right) {
      while (before(order[left] ?? 0, pivot, scores)) left++;
      while (before(pivot, order[right] ?? 0, scores)) right--;
      if (left > right) break;
      const swapped = order[left] ?? 0;
      order[left++] = order[right] ?? 0;
      order[right--] = swapped;
    }
    if (to - 1 <= right) high = right;
    else if (to - 1 >= left) low = left;
    else break;
  }
  order.subarray(from, to).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

function before(a: number, b: number, scores: Scores): boolean {
  const x = scores[a] ?? 0;
  const y = scores[b] ?? 0;
  return x > y || (x === y && a < b);
}

/** The median of three, so that sorted scores are no worst case. */
function middle(a: number, b: number, c: number, scores: Scores): number {
  if (before(a, b, scores)) return before(b, c, scores) ? b : before(a, c, scores) ? c : a;
  return before(a, c, scores) ? a : before(b, c, scores) ? c : b;
}
