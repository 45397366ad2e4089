/** Makes the first numbers of a weight. `random` gives uniform numbers in [0, 1), keyed by the weight's place. */
export type Initializer = (shape: readonly number[], random: () => number) => Float32Array;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** All the same number. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(size(shape)).fill(value);

export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** Normal numbers of mean 0, by Box and Muller, both of each pair used. */
function normalNumbers(count: number, deviation: number, random: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

function uniform(count: number, limit: number, random: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (2 * random() - 1) * limit;
  return values;
}

/** Numbers that reach one output, and outputs that one input reaches, of a filter [h, w, in, out] or a matrix [in, out]. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const field = size(shape.slice(0, -2));
  return { fanIn: field * inputs, fanOut: field * outputs };
}

/** N(0, deviation). */
export const normal =
  (deviation: number): Initializer =>
  (shape, random) =>
    normalNumbers(size(shape), deviation, random);

/** N(0, sqrt(2 / (k * k * c_out))): EfficientNet's convolutions. @see automl/efficientdet, conv_kernel_initializer */
export const heFanOut: Initializer = (shape, random) =>
  normalNumbers(size(shape), Math.sqrt(2 / fans(shape).fanOut), random);

/** N(0, sqrt(2 / (k * k))): EfficientNet's depthwise filters [k, k, c, 1], whose fan counts one output a channel. @see automl/efficientdet, conv_kernel_initializer */
export const heDepthwise: Initializer = (shape, random) =>
  normalNumbers(size(shape), Math.sqrt(2 / size(shape.slice(0, 2))), random);

/** U(-l, l), l = sqrt(6 / (fan_in + fan_out)). @see Glorot and Bengio, 2010 */
export const glorotUniform: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  return uniform(size(shape), Math.sqrt(6 / (fanIn + fanOut)), random);
};

/** U(-l, l), l = 1 / sqrt(fan_out): EfficientNet's last layer. @see automl/efficientdet, dense_kernel_initializer */
export const denseUniform: Initializer = (shape, random) =>
  uniform(size(shape), 1 / Math.sqrt(shape.at(-1) ?? 1), random);
