/** `same` as TensorFlow has it, the odd pixel right and below; `symmetric` as PyTorch users write it, (k - 1) / 2 on each side; `valid` none. */
export type Padding = 'same' | 'symmetric' | 'valid';

/** tfjs's form of a padding. @see specs of timm's padding.py: ((stride - 1) + dilation * (kernel - 1)) // 2 a side */
export function pad(
  padding: Padding,
  { kernel, stride, dilation = 1 }: { kernel: number; stride: number; dilation?: number },
) {
  return padding === 'symmetric' ? Math.floor((stride - 1 + dilation * (kernel - 1)) / 2) : padding;
}
