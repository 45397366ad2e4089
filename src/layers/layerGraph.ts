import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Layer } from './layerBlock.ts';

/** Runs one layer, which has a place: its name, below the names of the models that it is nested in. */
export type RunLayer<T> = (layer: Layer, place: string, inputs: readonly T[], args: object) => readonly T[];

/** A layer that is a model of its own. */
export const isNested = (layer: Layer): layer is LayersModel => 'layers' in layer && 'inputs' in layer;

export interface Following<T> {
  readonly valueAt: (symbol: SymbolicTensor) => T;
  /** What a layer gives, by its path: the models that it is nested in, the outermost first, and itself. */
  readonly at: (path: readonly Layer[]) => T;
}

/** What layers of a model give for some inputs; only what that needs runs, and nothing twice. */
export function follow<T>(model: LayersModel, inputs: readonly T[], run: RunLayer<T>, under = ''): Following<T> {
  const made = new Map<string, readonly T[]>();
  const nested = new Map<string, Following<T>>();
  const keyOf = ({ sourceLayer, nodeIndex }: SymbolicTensor) => `${sourceLayer.name}#${nodeIndex}`;

  const valueAt = (symbol: SymbolicTensor): T => {
    const given = inputs[model.inputs.indexOf(symbol)];
    if (given !== undefined) return given;
    const key = keyOf(symbol);
    const outputs = made.get(key) ?? resultsOf(symbol);
    made.set(key, outputs);
    const output = outputs[symbol.tensorIndex];
    if (output === undefined)
      throw new RangeError(`${under}${symbol.sourceLayer.name}: gave ${outputs.length} tensors`);
    return output;
  };
  const inside = (layer: LayersModel, symbol: SymbolicTensor) => {
    const key = keyOf(symbol);
    const known = nested.get(key) ?? follow(layer, symbol.inputs.map(valueAt), run, `${under}${layer.name}/`);
    nested.set(key, known);
    return known;
  };
  const resultsOf = (symbol: SymbolicTensor): readonly T[] => {
    const layer = symbol.sourceLayer;
    if (isNested(layer)) return layer.outputs.map(inside(layer, symbol).valueAt);
    return run(layer, `${under}${layer.name}`, symbol.inputs.map(valueAt), symbol.callArgs ?? {});
  };
  const at = ([layer, ...inner]: readonly Layer[]): T => {
    if (layer === undefined) throw new RangeError('follow: no layer was named');
    const symbols = symbolsOf(model).get(layer) ?? [];
    const [symbol] = symbols;
    if (symbol === undefined || symbols.length > 1)
      throw new RangeError(
        `${under}${layer.name}: gives ${symbols.length} tensors in '${model.name}'; name a layer that gives one`,
      );
    return inner.length > 0 && isNested(layer) ? inside(layer, symbol).at(inner) : valueAt(symbol);
  };
  return { valueAt, at };
}

/** What each layer gives within a model; in others it may have been called too. */
function symbolsOf(model: LayersModel): Map<Layer, SymbolicTensor[]> {
  const found = new Map<Layer, SymbolicTensor[]>();
  const queue = [...model.outputs];
  for (let symbol = queue.pop(); symbol; symbol = queue.pop()) {
    const known = found.get(symbol.sourceLayer) ?? [];
    if (known.includes(symbol)) continue;
    found.set(symbol.sourceLayer, [...known, symbol]);
    queue.push(...symbol.inputs);
  }
  return found;
}

/** The layers that some layers' outputs need, themselves too, by place, in the order in which they run. */
export function needed(model: LayersModel, paths: readonly (readonly Layer[])[]): Map<string, Layer> {
  const found = new Map<string, Layer>();
  const { at } = follow<true>(model, [true], (layer, place) => {
    found.set(place, layer);
    return layer.inboundNodes.flatMap(({ outputTensors }) => outputTensors.map((): true => true));
  });
  for (const path of paths) at(path);
  return found;
}
