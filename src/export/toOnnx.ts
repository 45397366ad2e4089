import { isBlock } from '../core/block.ts';
import { version } from '../core/version.ts';
import type { SpecOf } from '../tfjs/abstractContainer.ts';
import { type DetectionsOptions, detected, detectionsOf } from './detections.ts';
import { type ExportOptions, exportGraph } from './exportGraph.ts';
import { factsOf } from './facts.ts';
import { onnxBytes } from './onnxBytes.ts';
import { onnxGraph } from './onnxGraph.ts';
import type { Layout } from './onnxLayout.ts';
import type { OnnxModel } from './onnxModel.ts';
import { onnxRules } from './onnxRules.ts';

/** Operators of ONNX 1.13, which all runtimes of the last years know, in its file format. */
export const onnxFormat = { opset: 18, irVersion: 8, producer: { name: 'pyramidion', version } } as const;

export interface OnnxOptions extends ExportOptions {
  /** How maps [b, h, w, c] lie that go in and come out. `NCHW` makes them [b, c, h, w]. Default `NHWC`, as in tfjs. */
  readonly layout?: Layout;
  /**
   * Puts decoding and suppression into the file: instead of `boxes` and `logits` it gives `boxes` [k, 4], [y1, x1, y2,
   * x2] in pixels of the input, `scores` [k], `labels` [k] from 1 on, and `images` [k] where there may be several, image
   * by image from the best. A detector brings its anchors and its size; another function of `boxes` and `logits` needs them.
   */
  readonly detections?: DetectionsOptions;
  /** Texts that go into the file, besides `labels`, `inputSize` and `layout`. */
  readonly metadata?: { readonly [name: string]: string };
  /** Name of the graph. Default `model`. */
  readonly name?: string;
}

/**
 * Writes a function of tensors as an ONNX file: opset 18, with all weights as they are now. Names of outputs are the paths
 * of the result: `boxes`, `logits`, `maps/P3`; of inputs those of `inputs`, or `input`.
 *
 * Everything is checked before a byte is made: what it gives is whole.
 *
 * @param inputs a shape, or a shape and type, for each tensor: `[1, 512, 640, 3]`
 * @throws RangeError for options that cannot be; Error for a kernel that ONNX has not, saying which, where, and what to
 *   do instead; what `trace` throws
 */
export function toOnnx<In, Out>(run: (input: In) => Out, inputs: SpecOf<In>, options: OnnxOptions = {}): Uint8Array {
  return onnxBytes(onnxModel(run, inputs, options));
}

/** The same, not yet in bytes. */
export function onnxModel<In, Out>(
  run: (input: In) => Out,
  inputs: SpecOf<In>,
  { layout = 'NHWC', detections, metadata = {}, name = 'model', ...options }: OnnxOptions = {},
): OnnxModel {
  if (layout !== 'NHWC' && layout !== 'NCHW')
    throw new RangeError(`toOnnx: layout is ${JSON.stringify(layout)}; it must be 'NHWC' or 'NCHW'`);
  const label = 'toOnnx';
  const keep = (op: string) => Object.hasOwn(onnxRules, op);
  const rule = detections && detectionsOf(run, detections);
  const root = options.root ?? (isBlock(run) ? run : undefined);
  const how = { ...options, ...(root && { root }), label, keep };
  const exported = rule ? exportGraph(detected(run, rule), inputs, how) : exportGraph(run, inputs, how);
  const { labels, inputSize } = factsOf(run);
  return {
    graph: onnxGraph(exported, layout, rule),
    ...onnxFormat,
    name,
    metadata: {
      ...(labels && { labels: JSON.stringify(labels) }),
      ...(inputSize && { inputSize: JSON.stringify(inputSize) }),
      layout,
      ...metadata,
    },
  };
}
