/** Numbers of a batch, image by image, without a copy. [b * n] -> b times [n]. */
export function perImage(values: Float32Array, batch: number): Float32Array[] {
  const length = values.length / batch;
  return Array.from({ length: batch }, (_, i) => values.subarray(i * length, (i + 1) * length));
}
