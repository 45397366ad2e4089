/** A part of a line that has too many points to be drawn. */
export interface Bucket {
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Means and ranges of at most so many neighbouring stretches of points, without those that are not finite. */
export function thinned(points: readonly (readonly [x: number, y: number])[], most: number): Bucket[] {
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const each = Math.max(1, Math.ceil(finite.length / most));
  return Array.from({ length: Math.ceil(finite.length / each) }, (_, i) => {
    const own = finite.slice(i * each, (i + 1) * each);
    const ys = own.map(([, y]) => y);
    return {
      x: own.reduce((sum, [x]) => sum + x, 0) / own.length,
      mean: ys.reduce((sum, y) => sum + y, 0) / own.length,
      low: Math.min(...ys),
      high: Math.max(...ys),
    };
  });
}
