import type { Graph, Value } from '../../trace/graph.ts';
import { allOf, type Planned, plannedOf } from '../plan/planned.ts';
import { type EnginePlan, type PlanOptions, planGraph } from '../plan/planner.ts';
import { arranged, type Recompute } from './arrange.ts';

export interface PlanWithinOptions extends PlanOptions {
  readonly recompute: Recompute;
  /** Bytes that the plan may take. */
  readonly maxBytes: number;
}

/**
 * Plans a graph so that it fits, if it can be.
 *
 * @throws MissingKernel; RangeError where it cannot fit, with the numbers
 */
export function planWithin(graph: Graph, { recompute, maxBytes, ...options }: PlanWithinOptions): EnginePlan {
  const { donated } = options;
  const plan = (how: Recompute, most: number) => {
    const { graph: inOrder, live } = arranged(graph, { donated, recompute: how, most });
    const made = planGraph(inOrder, options);
    return { made, needs: plannedOf(made), peak: live.peak };
  };
  let { made, needs, peak } = plan(recompute, maxBytes);
  if (allOf(needs) > maxBytes && recompute === 'auto') {
    const room = maxBytes - (allOf(needs) - needs.arena);
    ({ made, needs, peak } = plan('auto', (0.98 * room * peak) / needs.arena)); // an arena holds more than the graph's values
    if (allOf(needs) > maxBytes) ({ made, needs } = plan('all', 0));
  }
  if (allOf(needs) > maxBytes) throw tooLarge(needs, maxBytes, [...graph.inputs.values()]);
  return made;
}

/** Of what would fit if everything grew with images: some scratch does not. */
const margin = 0.94;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** Names what would fit. All but weights grows with images, about as they do. */
function tooLarge(needs: Planned, maxBytes: number, inputs: readonly Value[]): RangeError {
  const { arena, weights, own, donated, results } = needs;
  const images = inputs
    .filter(({ shape }) => shape.length === 4)
    .reduce<Value | undefined>((a, b) => (a && size(a) >= size(b) ? a : b), undefined);
  const grows = arena + own + results;
  const room = maxBytes - weights - donated;
  return new RangeError(
    `engine: it would take ${megabytes(allOf(needs))} (${megabytes(arena)} while it runs, ${megabytes(weights + donated)} of weights ` +
      `and what is kept for them, ${megabytes(own + results)} of commands, inputs and results), and ${megabytes(maxBytes)} is the most; nothing was ` +
      `taken. ${advice(images?.shape ?? [], grows, room)}`,
  );
}

const size = ({ shape }: Value) => shape.reduce((a, b) => a * b, 1);

function advice(
  [batch = 1, height = 1, width = 1, channels = 0]: readonly number[],
  bytes: number,
  room: number,
): string {
  if (channels === 0) return 'Give it less at once';
  const images = (margin * batch * Math.max(0, room)) / bytes;
  const fits = Math.floor(images);
  if (fits >= 1)
    return `About ${megabytes(bytes / batch)} are for each of ${batch} images: a batch of about ${fits} would fit`;
  const side = (pixels: number) => Math.floor((Math.sqrt(images) * pixels) / 32) * 32;
  return side(height) > 0 && side(width) > 0
    ? `About ${megabytes(bytes / batch)} are for each image of ${height}x${width}: one of about ${side(height)}x${side(width)} would fit`
    : 'No smaller image would fit: take a smaller model, or give the engine more bytes';
}
