import { FormatError } from './formatError.ts';
import type { Vbb } from './vbb.ts';

/**
 * Holds a `.vbb` to what its tools rely on: each box belongs to an object that exists in its frame, once.
 *
 * @throws FormatError that names the frame or the object
 */
export function checkVbb({ objects, frames }: Vbb, name: string): void {
  const byId = new Map(objects.map((object) => [object.id, object]));
  if (byId.size !== objects.length) throw new FormatError(`${name}: two objects have one id`);
  for (const { id, start, end } of objects) {
    if (!(Number.isInteger(id) && id >= 1))
      throw new FormatError(`${name}: an object has the id ${id}; it must be 1 or more`);
    const whole = Number.isInteger(start) && Number.isInteger(end);
    if (!(whole && 1 <= start && start <= end && end <= frames.length))
      throw new FormatError(`${name}: object ${id} is in frames ${start} to ${end}; there are 1 to ${frames.length}`);
  }
  frames.forEach((boxes, f) => {
    const seen = new Set<number>();
    for (const { id } of boxes) {
      const object = byId.get(id);
      if (object === undefined)
        throw new FormatError(`${name}: frame ${f + 1} has a box of object ${id}; there are ${objects.length} objects`);
      if (f + 1 < object.start || f + 1 > object.end)
        throw new FormatError(
          `${name}: frame ${f + 1} has a box of object ${id}, which is in frames ${object.start} to ${object.end}`,
        );
      if (seen.has(id)) throw new FormatError(`${name}: frame ${f + 1} has two boxes of object ${id}`);
      seen.add(id);
    }
  });
}
