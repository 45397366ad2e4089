import type { DataType, io } from '@tensorflow/tfjs-core';
import { version } from '../core/version.ts';
import type { SpecOf } from '../tfjs/abstractContainer.ts';
import { boundAttr } from './batchSides.ts';
import { type ExportOptions, exportGraph } from './exportGraph.ts';
import { factsOf } from './facts.ts';
import { float16, largestFloat16 } from './float16.ts';
import { graphShape } from './graphModelNode.ts';
import { graphModelRules } from './graphModelRules.ts';
import { type GraphWeight, graphWriter, typeOf } from './graphModelWriter.ts';
import { unsupported } from './unsupported.ts';

export interface GraphModelOptions extends ExportOptions {
  /**
   * `float16` halves the file; the numbers are float32 again when it is loaded. Weights of at most 64 numbers, and those
   * with a number beyond 65,504, stay as they are. Default `float32`.
   */
  readonly weights?: 'float32' | 'float16';
  /** What else goes into the file, as JSON, besides `labels` and `inputSize`. */
  readonly metadata?: { readonly [name: string]: unknown };
}

/** The artifacts of a graph model, all there. */
export interface GraphModelArtifacts extends io.ModelArtifacts {
  readonly modelTopology: object;
  readonly weightSpecs: io.WeightsManifestEntry[];
  readonly weightData: ArrayBuffer;
}

/** Numbers of a weight that are not worth rounding. */
const few = 64;

/**
 * Writes a function of tensors as the artifacts of a TensorFlow.js graph model, with all weights as they are now:
 * `loadGraphModel(io.fromMemory(toGraphModel(model, [1, 512, 640, 3])))`. Its `predict` gives a record of the same names
 * where the function gives one; names are paths, as in `toOnnx`.
 *
 * @param inputs a shape, or a shape and type, for each tensor
 * @throws RangeError for options that cannot be; Error for a kernel that graph models have not, saying which, where, and
 *   what to do instead; what `trace` throws
 * @see graphModelFiles, for the files of it
 */
export function toGraphModel<In, Out>(
  run: (input: In) => Out,
  inputs: SpecOf<In>,
  { weights = 'float32', metadata = {}, ...options }: GraphModelOptions = {},
): GraphModelArtifacts {
  const label = 'toGraphModel';
  if (weights !== 'float32' && weights !== 'float16')
    throw new RangeError(`${label}: weights is ${JSON.stringify(weights)}; it must be 'float32' or 'float16'`);
  const { graph, marks } = exportGraph(run, inputs, {
    ...options,
    label,
    keep: (op) => Object.hasOwn(graphModelRules, op),
  });
  for (const path of graph.outputs.keys())
    if (graph.inputs.has(path))
      throw new RangeError(`${label}: ${path} is an input and an output; give one of them another name`);

  const to = graphWriter(graph, marks);
  for (const value of graph.inputs.values()) to.placeholder(value);
  for (const node of graph.nodes) {
    const rule = Object.hasOwn(graphModelRules, node.op) ? graphModelRules[node.op] : undefined;
    if (rule === undefined) throw unsupported(label, node);
    const bound = boundAttr(node, marks);
    if (bound) throw unsupported(label, node, `its ${bound} depends on the batch`, "export with batch: 'fixed'");
    to.enter(node.place);
    rule(node, to);
  }
  for (const [name, value] of graph.outputs) to.output(name, value);

  type Tensor = { readonly name: string; readonly dtype: DataType; readonly shape: readonly number[] };
  const signed = (name: string, value: Tensor, sides: readonly number[]) => ({
    name: `${to.named(name)}:0`,
    dtype: typeOf(value),
    tensorShape: graphShape(sides),
  });
  const { labels, inputSize } = factsOf(run);
  const outputs = [...graph.outputs.keys()];
  const alone = outputs.length === 1 && outputs[0] === 'output';
  return {
    format: 'graph-model',
    generatedBy: `pyramidion ${version}`,
    convertedBy: null,
    modelTopology: { node: to.nodes, library: {}, versions: { producer: 1 } },
    signature: {
      inputs: Object.fromEntries(
        [...graph.inputs].map(([name, value]) => [name, signed(name, value, to.declared(value))]),
      ),
      outputs: Object.fromEntries(
        [...graph.outputs].map(([name, value]) => [name, signed(name, value, to.declared(value))]),
      ),
    },
    userDefinedMetadata: {
      ...(labels && { labels }),
      ...(inputSize && { inputSize }),
      ...(alone ? {} : { structuredOutputKeys: outputs }),
      ...metadata,
    },
    ...weightsOf(to.weights, weights),
  };
}

/** Numbers one after the other, and what says where they are. */
function weightsOf(weights: readonly GraphWeight[], as: 'float32' | 'float16') {
  const weightSpecs: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  for (const { name, shape, dtype, numbers } of weights) {
    const halved = as === 'float16' && numbers instanceof Float32Array && numbers.length > few && fits(numbers);
    const written = halved ? float16(numbers) : numbers;
    parts.push(new Uint8Array(written.buffer, written.byteOffset, written.byteLength));
    const quantization = halved ? { quantization: { dtype: 'float16', original_dtype: 'float32' } as const } : {};
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') continue;
    weightSpecs.push({ name, shape: [...shape], dtype, ...quantization });
  }
  const weightData = new ArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0));
  const bytes = new Uint8Array(weightData);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { weightSpecs, weightData };
}

function fits(numbers: Float32Array): boolean {
  for (let i = 0; i < numbers.length; i++) if (!(Math.abs(numbers[i] ?? 0) <= largestFloat16)) return false;
  return true;
}
