import type { Box } from '../core/annotation.ts';
import { type Canvas, type Layer, move, onGround, type Subject } from './augmentCanvas.ts';
import { jittered } from './augmentMove.ts';
import { between, type Random, shuffled } from './augmentRandom.ts';
import type { Mixup, Mosaic } from './augmentStepsMix.ts';
import { type FitOptions, placementFor } from './letterbox.ts';
import type { Size } from './placement.ts';

/** Another image, after the steps before this one, with numbers of its own. */
export type Other = (random: Random) => Canvas;

export interface Input extends FitOptions {
  readonly size: Size;
}

export function mosaic(canvas: Canvas, step: Mosaic, random: Random, size: Size, other: Other): Canvas {
  const { probability = 1, centre = [0.25, 0.75], scale = [0.5, 1], fill = [127, 127, 127] } = step;
  if (random() >= probability) return canvas;
  const y = Math.round(size[0] * between(random, centre));
  const x = Math.round(size[1] * between(random, centre));
  const cells: readonly Box[] = [
    [0, 0, y, x],
    [0, x, y, size[1]],
    [y, 0, size[0], x],
    [y, x, size[0], size[1]],
  ];
  const tiles = shuffled(cells, random).map((cell, i) => {
    const tile = i === 0 ? canvas : other(random);
    const by = jittered(tile.size, { scale, size, into: cell }, random);
    return onGround(move(tile, by, size, cell), fill, cell);
  });
  return joined(tiles, (layers) => [{ kind: 'tiles', extent: [0, 0, ...size], tiles: layers }]);
}

export function mixup(canvas: Canvas, step: Mixup, random: Random, input: Input, other: Other): Canvas {
  const { size } = input;
  const { probability = 0.5, share = [0.4, 0.6], fill = [127, 127, 127] } = step;
  if (random() >= probability) return canvas;
  const weight = between(random, share);
  const fitted = (one: Canvas) => onGround(move(one, placementFor(one.size, size, input), size), fill);
  return joined([fitted(canvas), fitted(other(random))], ([own = [], others = []]) => [
    ...own,
    { kind: 'blend', extent: [0, 0, ...size], layers: others, share: weight },
  ]);
}

/** One canvas of several of the same size. */
function joined(canvases: readonly Canvas[], layersOf: (layers: readonly (readonly Layer[])[]) => Layer[]): Canvas {
  const [own, ...others] = canvases;
  if (own === undefined) throw new RangeError('augment: there is no canvas to join');
  const layers = [own.layers];
  const photographs = [...own.photographs];
  const subjects = [...own.subjects];
  for (const canvas of others) {
    const first = photographs.length;
    layers.push(canvas.layers.map((layer) => renumbered(layer, first)));
    subjects.push(
      ...canvas.subjects.map((subject): Subject => ({ ...subject, photograph: subject.photograph + first })),
    );
    photographs.push(...canvas.photographs);
  }
  const [one, ...more] = photographs;
  return { size: own.size, photographs: [one ?? own.photographs[0], ...more], layers: layersOf(layers), subjects };
}

function renumbered(layer: Layer, by: number): Layer {
  const all = (layers: readonly Layer[]) => layers.map((one) => renumbered(one, by));
  if (layer.kind === 'photograph') return { ...layer, photograph: layer.photograph + by };
  if (layer.kind === 'tiles') return { ...layer, tiles: layer.tiles.map(all) };
  return layer.kind === 'blend' ? { ...layer, layers: all(layer.layers) } : layer;
}
