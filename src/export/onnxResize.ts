import type { Node, Value } from '../trace/graph.ts';
import { flagIn } from './attributes.ts';
import type { OnnxRule, OnnxRules } from './onnxRule.ts';
import type { OnnxAttrs } from './onnxSheet.ts';
import type { OnnxWriter } from './onnxWriter.ts';
import { inputOf, resultOf } from './values.ts';
import { sidesOf } from './window.ts';

/** How many times larger each side becomes, where both are a whole number. */
function wholeScales(x: Value, y: Value): readonly [number, number] | undefined {
  const [[h, w], [height, width]] = [sidesOf(x), sidesOf(y)];
  return height % h === 0 && width % w === 0 ? [height / h, width / w] : undefined;
}

/** Whole scales are said as such, since all runtimes know them and they leave the batch free; else the size of all sides. */
function resized(x: Value, y: Value, to: OnnxWriter, attrs: OnnxAttrs): void {
  const scales = wholeScales(x, y);
  const said = scales ? [to.sheet.floats([1, 1, ...scales])] : ['', to.shapes.of(to.sides(y, 'NCHW'))];
  to.give(y, 'NCHW', 'Resize', [to.read(x, 'NCHW'), '', ...said], attrs);
}

/** Where a pixel of the result is in the map. */
const coordinates = (node: Node) =>
  flagIn(node, 'alignCorners') ? 'align_corners' : flagIn(node, 'halfPixelCenters') ? 'half_pixel' : 'asymmetric';

const bilinear: OnnxRule = (node, to) =>
  resized(inputOf(node, 'images'), resultOf(node), to, {
    mode: 'linear',
    coordinate_transformation_mode: coordinates(node),
  });

/** tfjs takes the pixel whose centre is next from above, which ONNX calls half pixels rounded up. */
const nearest: OnnxRule = (node, to) => {
  const transform = coordinates(node);
  resized(inputOf(node, 'images'), resultOf(node), to, {
    mode: 'nearest',
    coordinate_transformation_mode: transform,
    nearest_mode: transform === 'asymmetric' ? 'floor' : 'round_prefer_ceil',
  });
};

/** Pixel floor(i * h / h'): rows are gathered where the scale is not whole, since runtimes round it. */
const repeated: OnnxRule = (node, to) => {
  const [x, y] = [inputOf(node, 'x'), resultOf(node)];
  if (wholeScales(x, y)) {
    const attrs = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    return resized(x, y, to, attrs);
  }
  const layout = to.follow([x]);
  const [[h, w], [height, width]] = [sidesOf(x), sidesOf(y)];
  const sources = (from: number, size: number) =>
    to.sheet.longs(Array.from({ length: size }, (_, i) => Math.floor((i * from) / size)));
  const [rows, columns] = layout === 'NCHW' ? [2, 3] : [1, 2];
  const taller = to.sheet.step('Gather', [to.read(x, layout), sources(h, height)], { axis: rows });
  to.give(y, layout, 'Gather', [taller, sources(w, width)], { axis: columns });
};

/** Kernels that make maps larger or smaller. */
export const onnxResize: OnnxRules = {
  ResizeBilinear: bilinear,
  ResizeNearestNeighbor: nearest,
  PyramidionResizeBilinear: (node, to) =>
    resized(inputOf(node, 'x'), resultOf(node), to, { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }),
  PyramidionUpsampleNearest: repeated,
};
