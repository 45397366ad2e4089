import type { DetectionsRule } from './detections.ts';
import { onnxTypes } from './onnxModel.ts';
import type { OnnxSheet } from './onnxSheet.ts';

/** Names of what suppression chooses from, and how much there is. */
export interface Suppressible {
  /** [b, n, 4] */
  readonly boxes: string;
  /** [b, classes, n] */
  readonly scores: string;
  readonly anchors: number;
  readonly classes: number;
}

/** Names of what it chose: [k, 4], [k], [k] from 1 on, [k]. */
export interface Chosen {
  readonly boxes: string;
  readonly scores: string;
  readonly labels: string;
  readonly images: string;
}

/**
 * The choice of `postprocess`, in operators of ONNX: the best candidates of each class, boxes without an area left out,
 * greedy suppression class by class, the best of each image. Image by image from the best; of equal scores the first
 * class, then the first anchor comes first.
 */
export function suppressed(from: Suppressible, rule: DetectionsRule, sheet: OnnxSheet): Chosen {
  const { rows, scores, perImage } = candidates(from, rule, sheet);
  const best = sheet.step('Where', [hasArea(rows, sheet), scores, sheet.float(-1)]);
  const selected = sheet.step('NonMaxSuppression', [
    rows,
    best,
    sheet.longs([rule.keep]),
    sheet.floats([rule.iouAbove]),
    sheet.floats([rule.scoreAbove]),
  ]); // [m, 3]: row, column of its scores, box
  const part = (columns: readonly number[]) => sheet.step('Gather', [selected, sheet.longs(columns)], { axis: 1 });
  const column = (i: number) => sheet.step('Gather', [selected, sheet.long(i)], { axis: 1 });
  const found = {
    boxes: sheet.step('GatherND', [rows, part([0, 2])]),
    scores: sheet.step('GatherND', [best, selected]),
    images: perImage === 1 ? column(0) : sheet.step('Div', [column(0), sheet.long(perImage)]),
    kinds: perImage === 1 ? column(1) : sheet.step('Mod', [column(0), sheet.long(perImage)]),
  };
  const order = from.classes === 1 ? undefined : ranked(found, from.boxes, rule.keep, sheet);
  const inOrder = (name: string) => (order ? sheet.step('Gather', [name, order], { axis: 0 }) : name);
  const whole = (name: string) => sheet.step('Cast', [name], { to: onnxTypes.int32 });
  return {
    boxes: inOrder(found.boxes),
    scores: inOrder(found.scores),
    labels: whole(inOrder(sheet.step('Add', [found.kinds, sheet.long(1)]))),
    images: whole(inOrder(found.images)),
  };
}

/**
 * What enters the suppression: all, or the best of each class. Then each class of each image has a row of its own,
 * `perImage` to an image, since each has other candidates.
 */
function candidates({ boxes, scores, anchors, classes }: Suppressible, rule: DetectionsRule, sheet: OnnxSheet) {
  const count = rule.candidates === 'all' ? anchors : Math.min(anchors, rule.candidates);
  if (count === anchors) return { rows: boxes, scores, perImage: 1 };
  const [top, places] = [sheet.unique('candidates/scores'), sheet.unique('candidates/places')];
  sheet.node('TopK', [scores, sheet.longs([count])], { axis: -1 }, [top, places]); // [b, classes, count]
  const shaped = (name: string, shape: readonly number[]) => sheet.step('Reshape', [name, sheet.longs(shape)]);
  const picked = sheet.step('GatherND', [boxes, shaped(places, [-1, classes * count, 1])], { batch_dims: 1 });
  return { rows: shaped(picked, [-1, count, 4]), scores: shaped(top, [-1, 1, count]), perImage: classes };
}

/** Which boxes have an area. [r, n, 4] -> [r, 1, n]. */
function hasArea(rows: string, sheet: OnnxSheet): string {
  const corner = (columns: readonly number[]) => sheet.step('Gather', [rows, sheet.longs(columns)], { axis: 2 });
  const sides = sheet.step('Sub', [corner([2, 3]), corner([0, 1])]);
  const smaller = sheet.step('ReduceMin', [sides, sheet.longs([2])], { keepdims: 0 });
  return sheet.step('Unsqueeze', [sheet.step('Greater', [smaller, sheet.float(0)]), sheet.longs([1])]);
}

/**
 * The places of what was found, by image and from the best, at most `keep` an image. `TopK` takes the first of equals
 * first, so that a second sort, by image, leaves the order of the first within each.
 */
function ranked(
  { scores, images }: { readonly scores: string; readonly images: string },
  boxes: string,
  keep: number,
  sheet: OnnxSheet,
): string {
  const count = sheet.step('Shape', [scores]); // [1]
  const sorted = (values: string) => {
    const [first, places] = [sheet.unique('sorted'), sheet.unique('order')];
    sheet.node('TopK', [values, count], { axis: 0 }, [first, places]);
    return places;
  };
  const gather = (values: string, places: string) => sheet.step('Gather', [values, places], { axis: 0 });
  const range = (end: string) => sheet.step('Range', [sheet.long(0), end, sheet.long(1)]);
  const byScore = sorted(scores);
  const order = gather(byScore, sorted(sheet.step('Neg', [gather(images, byScore)])));

  const image = gather(images, order); // 0, 0, 1, 1, 1 ...
  const batch = sheet.step('Gather', [sheet.step('Shape', [boxes]), sheet.long(0)], { axis: 0 });
  const column = sheet.step('Unsqueeze', [range(batch), sheet.longs([1])]);
  const isOf = sheet.step('Cast', [sheet.step('Equal', [column, image])], { to: onnxTypes.int64 }); // [b, m]
  const counts = sheet.step('ReduceSum', [isOf, sheet.longs([1])], { keepdims: 0 });
  const starts = sheet.step('CumSum', [counts, sheet.long(0)], { exclusive: 1 });
  const places = range(sheet.step('Squeeze', [count, sheet.longs([0])]));
  const rank = sheet.step('Sub', [places, gather(starts, image)]);
  return sheet.step('Compress', [order, sheet.step('Less', [rank, sheet.long(keep)])], { axis: 0 });
}
