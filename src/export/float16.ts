/** The largest number of float16. */
export const largestFloat16 = 65504;

/** Numbers as bits of float16, rounded to the nearest, of two equally near to the even one. */
export function float16(numbers: Float32Array): Uint16Array {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = half(bits[i] ?? 0);
  return halves;
}

/** From the bits of float32: a sign, eight bits of exponent, 23 of fraction. */
function half(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const fraction = bits & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200); // infinite, or no number
  if (exponent > 15) return sign | 0x7c00;
  if (exponent >= -14) return sign | rounded(((exponent + 15) << 23) | fraction, 13); // a carry goes into the exponent
  if (exponent < -25) return sign;
  return sign | rounded(0x800000 | fraction, -1 - exponent); // below the smallest normal one, in steps of 2^-24
}

/** Without its last bits. */
function rounded(number: number, last: number): number {
  const kept = number >>> last;
  const rest = number - kept * 2 ** last;
  const half = 2 ** (last - 1);
  return rest > half || (rest === half && kept % 2 === 1) ? kept + 1 : kept;
}
