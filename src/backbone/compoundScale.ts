export interface CompoundScale {
  /** Factor on the channels, beta^phi. */
  readonly width: number;
  /** Factor on the blocks of a stage, alpha^phi. */
  readonly depth: number;
  /** Factor on the sides of the input, gamma^phi. */
  readonly resolution: number;
}

/** The paper's grid search at phi = 1: alpha * beta^2 * gamma^2 = 1.92, about 2. @see EfficientNet, section 3.3 */
export const compoundBase = { alpha: 1.2, beta: 1.1, gamma: 1.15 } as const;

/**
 * Scales depth, width and resolution together: about 2^phi times the work.
 * The published B1 to B7 use rounded rows instead: see `efficientNetRows`.
 *
 * @throws RangeError for a negative phi
 */
export function compoundScale(phi: number): CompoundScale {
  if (!(phi >= 0)) throw new RangeError(`compoundScale: phi is ${phi}; it must be at least 0`);
  const { alpha, beta, gamma } = compoundBase;
  return { width: beta ** phi, depth: alpha ** phi, resolution: gamma ** phi };
}

/** Channels times width, to the nearest multiple of 8, at least 8. @see automl/efficientnetv2, round_filters, which has no rule of a tenth */
export const nearestFilters = (filters: number, width: number): number =>
  Math.max(8, Math.floor((filters * width + 4) / 8) * 8);

/** Channels times width, to the nearest multiple of 8, never more than a tenth below. @see automl/efficientdet, round_filters */
export function roundFilters(filters: number, width: number): number {
  const rounded = nearestFilters(filters, width);
  return rounded < 0.9 * filters * width ? rounded + 8 : rounded;
}

/** Blocks of a stage times depth, rounded up. */
export const roundRepeats = (repeats: number, depth: number): number => Math.ceil(repeats * depth);
