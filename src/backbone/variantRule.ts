import type { Standardization, Variant } from '../core/levels.ts';
import { imagenet } from './standardization.ts';

type Scaled = 'B0' | 'B1' | 'B2' | 'B3' | 'B4' | 'B5' | 'B6' | 'B7' | 'B8' | 'L2';
type V2 = 'B0' | 'B1' | 'B2' | 'B3' | 'S' | 'M' | 'L' | 'Xl';

/** Names of the published backbones, which are their factories' too. */
export type Architecture =
  | `efficientNet${Scaled}`
  | `efficientNetLite${0 | 1 | 2 | 3 | 4}`
  | `efficientNetV2${V2}`
  | 'vgg16'
  | 'vgg16BatchNorm';

/** What is different for some models of a library. */
export interface VariantException {
  readonly models: readonly Architecture[];
  readonly norm?: Variant['norm'];
  readonly standardization?: Standardization;
}

/** A library's variant: its figures, and the models whose weights have others. A later exception goes over an earlier one. */
export interface LibraryVariant extends Variant {
  readonly exceptions?: readonly VariantException[];
}

/** A variant as a factory takes it: a library's, or one's own, of which only name and padding must be said. */
export interface GivenVariant extends Pick<Variant, 'name' | 'padding'> {
  /** Default epsilon 1e-3, momentum 0.99. */
  readonly norm?: Partial<Variant['norm']>;
  /** Default `imagenet`. */
  readonly standardization?: Standardization;
  readonly exceptions?: readonly VariantException[];
}

/** The figures of one model, without exceptions. `standardization` goes before what the variant says. */
export function variantFor(
  given: GivenVariant,
  model: Architecture | undefined,
  standardization?: Standardization,
): Variant {
  const { name, padding, exceptions = [] } = given;
  const own = exceptions.filter(({ models }) => model !== undefined && models.includes(model)).reverse();
  const { epsilon = 1e-3, momentum = 0.99 } = own.find(({ norm }) => norm)?.norm ?? given.norm ?? {};
  const pixels = standardization ?? own.find((one) => one.standardization)?.standardization ?? given.standardization;
  return { name, norm: { epsilon, momentum }, padding, standardization: pixels ?? imagenet };
}

/**
 * Why weights of one variant are no weights of another: what differs in the function that a model is. Momentum is not in it,
 * which only training knows. Empty where the same weights give the same numbers.
 */
export function variantDifferences(made: Variant, given: Variant): string[] {
  const pixels = ({ mean, deviation }: Standardization) => `(x - [${mean.join(', ')}]) / [${deviation.join(', ')}]`;
  return (
    [
      ['epsilon of the batch norms', made.norm.epsilon, given.norm.epsilon],
      ['padding', made.padding, given.padding],
      ['pixels', pixels(made.standardization), pixels(given.standardization)],
    ] as const
  ).flatMap(([what, is, other]) => (is === other ? [] : [`${what} ${is}, not ${other}`]));
}
