const digits = 2048; // 11 bits: six passes over the 64 of a number

/**
 * The order of scores from the highest down; equal ones stay in theirs. [n] -> [n], places. Few are sorted by
 * comparison, many by their digits, which takes time in proportion to their number.
 */
export function descending(scores: Float64Array, count = scores.length): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (count < 512) return order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)); // stable
  const keys = keysOf(scores, count);
  let [from, to] = [order, new Uint32Array(count)];
  const [starts, digit] = [new Uint32Array(digits), new Uint16Array(count)];
  for (let shift = 0; shift < 66; shift += 11) {
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const d = digitOf(keys, i, shift);
      digit[i] = d;
      starts[d] = (starts[d] ?? 0) + 1;
    }
    if (starts.includes(count)) continue; // one digit for all
    let sum = 0;
    for (let d = 0; d < digits; d++) {
      const size = starts[d] ?? 0;
      starts[d] = sum;
      sum += size;
    }
    for (let i = 0; i < count; i++) {
      const place = from[i] ?? 0;
      const d = digit[place] ?? 0;
      const start = starts[d] ?? 0;
      to[start] = place;
      starts[d] = start + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Words, low then high, that count up where the numbers go down. */
function keysOf(scores: Float64Array, count: number): Uint32Array {
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = (scores[i] ?? 0) + 0; // -0 is 0
  const words = new Uint32Array(numbers.buffer); // little-endian, as every engine that runs this is
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1] ?? 0;
    if (high >>> 31) continue; // below 0: its bits count up as it goes down
    words[2 * i] = ~(words[2 * i] ?? 0);
    words[2 * i + 1] = ~high & 0x7fffffff;
  }
  return words;
}

function digitOf(words: Uint32Array, i: number, shift: number): number {
  const [low, high] = [words[2 * i] ?? 0, words[2 * i + 1] ?? 0];
  if (shift >= 32) return (high >>> (shift - 32)) & (digits - 1);
  return shift + 11 <= 32 ? (low >>> shift) & (digits - 1) : ((low >>> shift) | (high << (32 - shift))) & (digits - 1);
}
