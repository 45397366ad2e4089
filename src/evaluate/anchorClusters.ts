import { keyedRandom } from '../core/random.ts';
import type { Shape } from './anchorStudyBest.ts';

export interface AnchorClusterOptions {
  /** How many shapes are sought. */
  readonly count: number;
  /** Default 0. */
  readonly seed?: number;
  /** Width over height that every cluster keeps, as 0.41 for pedestrians; absent leaves it to the boxes. */
  readonly aspect?: number;
  /** Runs from other starts, of which the best is kept. Default 5. */
  readonly starts?: number;
}

export interface AnchorCluster {
  readonly shape: Shape;
  readonly boxes: number;
}

export interface AnchorClusters {
  /** From the smallest area to the greatest. */
  readonly clusters: readonly AnchorCluster[];
  /** The mean overlap of the boxes with their clusters, both about one centre. */
  readonly meanIou: number;
}

/** Rounds after which a run ends although boxes still change clusters. */
const rounds = 300;

/**
 * Shapes that stand for the shapes of boxes: k-means where near means a great IoU about one centre, started by k-means++.
 * The same seed gives the same clusters.
 *
 * @throws RangeError for no boxes, boxes without an area, more clusters than boxes, or numbers that cannot be
 * @see Redmon and Farhadi, 2017: YOLO9000, section 2; Arthur and Vassilvitskii, 2007
 */
export function anchorClusters(shapes: readonly Shape[], options: AnchorClusterOptions): AnchorClusters {
  const { count, seed = 0, aspect, starts = 5 } = options;
  check(shapes, options);
  let best: AnchorClusters | undefined;
  for (let start = 0; start < starts; start++) {
    const found = run(shapes, count, aspect, keyedRandom('anchor clusters', seed, start));
    if (best === undefined || found.meanIou > best.meanIou) best = found;
  }
  return best ?? { clusters: [], meanIou: 0 };
}

function run(
  shapes: readonly Shape[],
  count: number,
  aspect: number | undefined,
  random: () => number,
): AnchorClusters {
  let means = start(shapes, count, random).map((shape) => mean([shape[0], shape[1], area(shape), 1], aspect));
  const members = new Int32Array(shapes.length).fill(-1);
  let total = 0;
  let sums: Sums[] = [];
  for (let round = 0, moved = true; moved && round < rounds; round++) {
    [moved, total] = [false, 0];
    sums = means.map((): Sums => [0, 0, 0, 0]);
    for (let i = 0; i < shapes.length; i++) {
      const shape = shapes[i] ?? [0, 0];
      let [nearest, overlap] = [0, -1];
      for (let k = 0; k < means.length; k++) {
        const value = shapeIou(shape, means[k] ?? shape);
        if (value > overlap) [nearest, overlap] = [k, value];
      }
      moved ||= members[i] !== nearest;
      members[i] = nearest;
      total += overlap;
      add(sums[nearest], shape);
    }
    if (moved) means = means.map((old, k) => ((sums[k]?.[3] ?? 0) === 0 ? old : mean(sums[k] ?? [0, 0, 0, 0], aspect)));
  }
  const clusters = means.map((shape, k) => ({ shape, boxes: sums[k]?.[3] ?? 0 }));
  return { clusters: clusters.sort((a, b) => area(a.shape) - area(b.shape)), meanIou: total / shapes.length };
}

/** Heights, widths, areas and their number. */
type Sums = [height: number, width: number, area: number, count: number];

function add(sums: Sums | undefined, [height, width]: Shape): void {
  if (sums === undefined) return;
  sums[0] += height;
  sums[1] += width;
  sums[2] += height * width;
  sums[3]++;
}

/** The mean height and width; of one aspect, the shape that has it and the mean area. */
function mean([height, width, area, count]: Sums, aspect: number | undefined): Shape {
  if (aspect === undefined) return [height / count, width / count];
  const tall = Math.sqrt(area / count / aspect);
  return [tall, aspect * tall];
}

/** k-means++: each start is a box, the likelier the farther it is from those before it. */
function start(shapes: readonly Shape[], count: number, random: () => number): Shape[] {
  const chosen: Shape[] = [];
  const weights = new Float64Array(shapes.length).fill(1);
  while (chosen.length < count) {
    const shape = shapes[draw(weights, random())] ?? [1, 1];
    chosen.push(shape);
    for (let i = 0; i < shapes.length; i++) {
      const far = (1 - shapeIou(shapes[i] ?? shape, shape)) ** 2;
      weights[i] = chosen.length === 1 ? far : Math.min(weights[i] ?? 0, far);
    }
  }
  return chosen;
}

/** A place, as likely as its weight; the share tells which. */
function draw(weights: Float64Array, share: number): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (total === 0) return Math.floor(share * weights.length);
  let left = share * total;
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) return i;
  }
  return weights.length - 1;
}

const area = ([height, width]: Shape) => height * width;

/** IoU of two boxes about one centre. */
export function shapeIou(a: Shape, b: Shape): number {
  const shared = Math.min(a[0], b[0]) * Math.min(a[1], b[1]);
  return shared / (area(a) + area(b) - shared);
}

function check(shapes: readonly Shape[], { count, aspect, starts = 5 }: AnchorClusterOptions): void {
  const refuse = (what: string) => {
    throw new RangeError(`anchorClusters: ${what}`);
  };
  if (shapes.length === 0) refuse('there are no boxes; give at least one');
  const flat = shapes.find(([height, width]) => !(height > 0 && width > 0 && Number.isFinite(height * width)));
  if (flat) refuse(`a box is ${flat[0]}x${flat[1]}; both sides must be above 0 pixels`);
  if (!(Number.isInteger(count) && count >= 1 && count <= shapes.length))
    refuse(`count is ${count}; it must be a whole number from 1 to the ${shapes.length} boxes`);
  if (!(Number.isInteger(starts) && starts >= 1)) refuse(`starts is ${starts}; it must be a whole number above 0`);
  if (aspect !== undefined && !(aspect > 0 && Number.isFinite(aspect)))
    refuse(`aspect is ${aspect}; it must be width over height, above 0`);
}
