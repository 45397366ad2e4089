import { flagIn } from './attributes.ts';
import { yes } from './graphModelNode.ts';
import type { GraphRule, GraphRules } from './graphModelRule.ts';
import { inputOf, resultOf } from './values.ts';
import { sidesOf } from './window.ts';

const resize =
  (op: string): GraphRule =>
  (node, to) => {
    const [x, y] = [inputOf(node, 'images'), resultOf(node)];
    to.give([y], op, [to.read(x), to.ints(sidesOf(y))], {
      align_corners: yes(flagIn(node, 'alignCorners')),
      half_pixel_centers: yes(flagIn(node, 'halfPixelCenters')),
    });
  };

/** Whole scales are a resize, whose rounding has no doubt there; others gather rows and columns. */
const repeated: GraphRule = (node, to) => {
  const [x, y] = [inputOf(node, 'x'), resultOf(node)];
  const [[h, w], [height, width]] = [sidesOf(x), sidesOf(y)];
  if (height % h === 0 && width % w === 0)
    return to.give([y], 'ResizeNearestNeighbor', [to.read(x), to.ints([height, width])], {
      align_corners: yes(false),
      half_pixel_centers: yes(true),
    });
  const sources = (from: number, size: number) =>
    to.ints(Array.from({ length: size }, (_, i) => Math.floor((i * from) / size)));
  const rows = to.step('GatherV2', [to.read(x), sources(h, height), to.int(1)]);
  to.give([y], 'GatherV2', [rows, sources(w, width), to.int(2)]);
};

/** Kernels that make maps larger or smaller. */
export const graphModelResizes: GraphRules = {
  ResizeBilinear: resize('ResizeBilinear'),
  ResizeNearestNeighbor: resize('ResizeNearestNeighbor'),
  PyramidionUpsampleNearest: repeated,
};
