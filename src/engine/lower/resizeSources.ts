/** How the coordinates of two maps correspond: tfjs's attributes. */
export interface Convention {
  /** The corner pixels of both maps are each other's. */
  readonly alignCorners: boolean;
  /** Pixels are squares with a centre, not points. */
  readonly halfPixelCenters: boolean;
}

/** Pixels of the source for one of the result. */
const ratioOf = (from: number, to: number, { alignCorners }: Convention) =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

/** The pixel of `from` that each of `to` pixels along a side is a copy of, as tfjs has it. */
export function nearestSources(from: number, to: number, convention: Convention): readonly number[] {
  const ratio = ratioOf(from, to, convention);
  const centre = convention.halfPixelCenters ? 0.5 : 0;
  const round = convention.alignCorners ? Math.round : Math.floor;
  return Array.from({ length: to }, (_, i) => Math.max(0, Math.min(from - 1, round(ratio * (i + centre)))));
}

/** The two pixels of `from` that each of `to` lies between, and how much it has of the second. */
export function linearSources(
  from: number,
  to: number,
  convention: Convention,
): readonly { readonly low: number; readonly high: number; readonly share: number }[] {
  const ratio = ratioOf(from, to, convention);
  return Array.from({ length: to }, (_, i) => {
    const at = convention.halfPixelCenters ? ratio * (i + 0.5) - 0.5 : ratio * i;
    const low = Math.max(0, Math.floor(at));
    return { low, high: Math.min(from - 1, Math.ceil(at)), share: at - low };
  });
}
