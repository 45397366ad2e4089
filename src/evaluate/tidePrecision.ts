/** A detection that counts. */
export interface TidePoint {
  readonly label: string;
  readonly score: number;
  readonly hit: boolean;
}

/** The mean AP of classes that have an object or a detection; of a class without objects it is 0. @see tidecv, ap.py */
export function tidePrecision(points: readonly TidePoint[], truths: ReadonlyMap<string, number>): number {
  const byLabel = new Map<string, TidePoint[]>();
  for (const [label, count] of truths) if (count > 0) byLabel.set(label, []);
  for (const point of points) {
    const list = byLabel.get(point.label);
    if (list) list.push(point);
    else byLabel.set(point.label, [point]);
  }
  if (byLabel.size === 0) return 0;
  let sum = 0;
  for (const [label, list] of byLabel) sum += classPrecision(list, truths.get(label) ?? 0);
  return sum / byLabel.size;
}

function classPrecision(points: readonly TidePoint[], truths: number): number {
  if (truths === 0) return 0;
  const precisions: number[] = [];
  for (const [i, { hit }] of points.toSorted((a, b) => b.score - a.score).entries())
    if (hit) precisions.push((precisions.length + 1) / (i + 1));
  for (let i = precisions.length - 2; i >= 0; i--) precisions[i] = Math.max(precisions[i] ?? 0, precisions[i + 1] ?? 0);
  let [sum, hit] = [0, 0];
  for (let i = 0; i <= 100; i++) {
    while (hit < precisions.length && (hit + 1) / truths < i / 100) hit++;
    sum += precisions[hit] ?? 0;
  }
  return sum / 101;
}
