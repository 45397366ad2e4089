import { FormatError } from './formatError.ts';
import type { MatValue } from './matValue.ts';
import { matCell, matChar, matDoubles, matStruct, writeMat } from './matWrite.ts';
import type { Vbb, VbbBox } from './vbb.ts';
import { checkVbb } from './vbbCheck.ts';

/**
 * Writes a `.vbb` of version 1.4: a MATLAB file (`-v6`) of the variables `A` and `vers`, with every field in the order
 * that MATLAB gives them.
 *
 * @throws FormatError for a box without its object, or an object that lacks a frame between its first and its last
 * @see vbbSave and init of vbb.m 3.2.1
 */
export function writeVbb(vbb: Vbb): Uint8Array {
  checkVbb(vbb, 'writeVbb');
  checkWhole(vbb, 'writeVbb');
  const slots = slotsOf(vbb);
  const row = (numbers: readonly number[]) => matDoubles(numbers);
  const a: Record<string, MatValue> = {
    nFrame: row([vbb.frames.length]),
    objLists: matCell(vbb.frames.map(listOf)),
    maxObj: row([slots.length]),
    objInit: row(slots.map((slot) => (slot ? 1 : 0))),
    objLbl: matCell(slots.map((slot) => (slot ? matChar(slot.label) : matDoubles([], [0, 0])))),
    objStr: row(slots.map((slot) => slot?.start ?? -1)),
    objEnd: row(slots.map((slot) => slot?.end ?? -1)),
    objHide: row(slots.map((slot) => (slot?.hide ? 1 : 0))),
    altered: { kind: 'logical', shape: [1, 1], values: Uint8Array.of(0) },
    log: row(vbb.log.length === 0 ? [0] : vbb.log),
    logLen: row([vbb.log.length]),
  };
  return writeMat([
    ['A', matStruct([a])],
    ['vers', row([1.4])],
  ]);
}

/** Objects at the place of their id, one slot at least: MATLAB keeps no empty list. */
function slotsOf({ objects }: Vbb) {
  const last = objects.reduce((most, { id }) => Math.max(most, id), 1);
  if (last > 2 ** 20) throw new FormatError(`writeVbb: an object has the id ${last}; it may be 1 to ${2 ** 20}`);
  const byId = new Map(objects.map((object) => [object.id, object]));
  return Array.from({ length: last }, (_, i) => byId.get(i + 1));
}

function listOf(boxes: readonly VbbBox[]): MatValue {
  if (boxes.length === 0) return matDoubles([], [0, 0]);
  return matStruct(
    boxes.map(({ id, pos, posv, occl, lock }) => ({
      id: matDoubles([id]),
      pos: matDoubles(pos),
      occl: matDoubles([occl ? 1 : 0]),
      lock: matDoubles([lock ? 1 : 0]),
      posv: matDoubles(posv),
    })),
  );
}

/** MATLAB's tools read an object as one run of frames, so each must be there. */
export function checkWhole({ objects, frames }: Vbb, name: string): void {
  const counts = new Map<number, number>();
  for (const boxes of frames) for (const { id } of boxes) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const { id, start, end } of objects) {
    const count = counts.get(id) ?? 0;
    if (count !== end - start + 1)
      throw new FormatError(
        `${name}: object ${id} is in frames ${start} to ${end} but has boxes in ${count}; write its parts as objects of their own`,
      );
  }
}
