import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { spread, uniform } from '../detection/reference.ts';

export { spread, uniform };

const folder = fileURLToPath(new URL('../../../shared/data/parity/', import.meta.url));

/** Whether the reference's names and answers are at hand. */
export const present = existsSync(folder);
/** What a test's name says where they are not. */
export const skipped = '(skipped where ../shared/data/parity is absent)';

const file = (name: string) => readFileSync(folder + name);

export type Source = 'timm' | 'torchvision' | 'effdet' | 'efficientnet-pytorch' | 'keras';
export type NamedShapes = readonly (readonly [name: string, shape: readonly number[]])[];

/** Names and shapes of every weight of every model of a library. */
export const namesOf = (source: Source): { readonly [model: string]: NamedShapes } =>
  JSON.parse(gunzipSync(file(`names/${source}.json.gz`)).toString('utf8')).models;

/** What a model answers: of each map, some numbers and sums over all. */
export interface Golden {
  readonly source: string;
  readonly model: string;
  readonly input: readonly [number, number, number, number];
  readonly outputs: { readonly [output: string]: GoldenOutput };
}
export interface GoldenOutput {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly dot: number;
  readonly index: readonly number[];
  readonly value: readonly number[];
  /** How far the reference's own float32 run is from its float64 run, at most. */
  readonly f32: number;
}
export const goldens = (name: 'models.json' | 'models-keras.json'): { readonly [name: string]: Golden } =>
  JSON.parse(file(name).toString('utf8')).cases;

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A weight by its foreign name, in the foreign layout: a formula of the name. */
export function formulaWeight(name: string, shape: readonly number[]): Float32Array {
  const isKeras = name.includes('/');
  const leaf = name.replaceAll('/', '.').split('.').at(-1)?.split(':')[0] ?? '';
  const u = uniform(name);
  const fill = (value: () => number) => {
    const values = new Float32Array(size(shape));
    for (let i = 0; i < values.length; i++) values[i] = value();
    return values;
  };
  if (leaf === 'scale_weight') return fill(() => 20);
  if (shape.length >= 2) {
    const axes = isKeras ? (leaf === 'depthwise_kernel' ? shape.slice(0, 2) : shape.slice(0, -1)) : shape.slice(1);
    const scale = Math.sqrt(4 / size(axes));
    return fill(() => (2 * u() - 1) * scale);
  }
  switch (leaf) {
    case 'running_mean':
    case 'moving_mean':
    case 'mean':
      return fill(() => (2 * u() - 1) * 0.1);
    case 'running_var':
    case 'moving_variance':
    case 'variance':
      return fill(() => 0.8 + 0.4 * u());
    case 'edge_weights':
      return fill(() => 0.5 + u());
    case 'weight':
    case 'gamma':
      return fill(() => 0.9 + 0.2 * u());
    case 'bias':
    case 'beta':
      return fill(() => (2 * u() - 1) * 0.5);
    default:
      throw new RangeError(`no rule for ${name}`);
  }
}
