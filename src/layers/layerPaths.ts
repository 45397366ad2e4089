import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layer } from './layerBlock.ts';
import { isNested } from './layerGraph.ts';

/**
 * Finds layers by name, those of nested models by `outer/inner`: the models that it is in, the outermost first, and itself.
 *
 * The returned function throws a RangeError naming like layers where there is none.
 */
export function layerPaths(model: LayersModel, label: string): (name: string, stage: string) => readonly Layer[] {
  const paths = new Map<string, readonly Layer[]>();
  const list = (of: LayersModel, under: string, outer: readonly Layer[]) => {
    for (const layer of of.layers) {
      const path = [...outer, layer];
      paths.set(`${under}${layer.name}`, path);
      if (isNested(layer)) list(layer, `${under}${layer.name}/`, path);
    }
  };
  list(model, '', []);
  return (name, stage) => {
    const path = paths.get(name);
    if (path) return path;
    const near = [...paths.keys()]
      .map((known) => ({ known, far: distance(name, known) }))
      .sort((a, b) => a.far - b.far)
      .slice(0, 5)
      .map(({ known }) => `'${known}'`);
    throw new RangeError(
      `${label}: ${stage} is to be the output of '${name}', but '${model.name}' has no such layer; near it are ${near.join(', ')}`,
    );
  };
}

/** Letters to add, take or change to make one text of another. @see Levenshtein, 1966 */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
