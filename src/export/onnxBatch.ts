import type { BatchMarks, BatchNumber } from '../trace/batch.ts';
import type { Graph } from '../trace/graph.ts';
import type { Side } from './batchSides.ts';
import type { OnnxSide } from './onnxModel.ts';
import type { OnnxSheet } from './onnxSheet.ts';

const isKnown = (side: Side): side is number => typeof side === 'number';

/** A side as ONNX declares it: `N` is the batch, `2N+1` what depends on it. */
export function declared(side: Side): OnnxSide {
  if (isKnown(side)) return side;
  const { perImage, fixed } = side;
  return `${perImage === 1 ? '' : perImage}N${fixed === 0 ? '' : `${fixed < 0 ? '' : '+'}${fixed}`}`;
}

/** Shapes as values of the graph. */
export interface OnnxShapes {
  /** A list of sides, computed from the batch where it must be. */
  readonly of: (sides: readonly Side[]) => string;
  /** The same for `Reshape`, which finds one side itself. */
  readonly toReshape: (sides: readonly Side[]) => string;
}

/** @param inputName what ONNX calls an input of the graph */
export function onnxShapes(sheet: OnnxSheet, { inputs }: Graph, marks: BatchMarks | undefined): OnnxShapes {
  let batch: string | undefined; // [1]
  const batchSize = () => {
    if (batch !== undefined) return batch;
    const [input] = [...inputs.values()].filter((value) => marks?.sides.get(value)?.[0] !== undefined);
    if (input === undefined) throw new Error('toOnnx: no input has a free batch');
    batch = sheet.step('Gather', [sheet.step('Shape', [input.name]), sheet.longs([0])], { axis: 0 });
    return batch;
  };
  const computed = ({ perImage, fixed }: BatchNumber) => {
    const scaled = perImage === 1 ? batchSize() : sheet.step('Mul', [batchSize(), sheet.longs([perImage])]);
    return fixed === 0 ? scaled : sheet.step('Add', [scaled, sheet.longs([fixed])]);
  };
  const of = (sides: readonly Side[]) => {
    if (sides.every(isKnown)) return sheet.longs(sides);
    const parts = sides.map((side) => (isKnown(side) ? sheet.longs([side]) : computed(side)));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : sheet.step('Concat', parts, { axis: 0 });
  };
  const toReshape = (sides: readonly Side[]) =>
    sides.filter((side) => !isKnown(side)).length === 1
      ? sheet.longs(sides.map((side) => (isKnown(side) ? side : -1)))
      : of(sides);
  return { of, toReshape };
}
