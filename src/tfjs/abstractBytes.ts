import { type DataType, util } from '@tensorflow/tfjs-core';

/** Bytes of a tensor on a real backend; texts are not counted. */
export const bytesOf = (shape: readonly number[], dtype: DataType): number =>
  dtype === 'string' ? 0 : shape.reduce((a, b) => a * b, 1) * util.bytesPerElement(dtype);

/** Whether a kernel's result shares the bytes of its only input on tfjs's backends. */
export const isView = (op: string, input: DataType | undefined, output: DataType): boolean =>
  op === 'Reshape' || op === 'Identity' || op === 'ExpandDims' || (op === 'Cast' && input === output);

/** Bytes that one or more tensors share, as a reshaped tensor shares those of the one it was made from. */
export interface Room {
  readonly bytes: number;
  holders: number;
}

export const roomOf = (bytes: number): Room => ({ bytes, holders: 0 });

/** Counts the bytes that are held, and the most that ever were. */
export function byteMeter() {
  let [live, peak] = [0, 0];
  return {
    hold: (room: Room): void => {
      if (room.holders++ === 0) live += room.bytes;
      peak = Math.max(peak, live);
    },
    release: (room: Room): void => {
      if (--room.holders === 0) live -= room.bytes;
    },
    peak: (): number => peak,
  };
}
