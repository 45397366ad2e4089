import { FormatError } from './formatError.ts';
import { readMat } from './mat.ts';
import {
  describeMat,
  type MatValue,
  matCells,
  matField,
  matNumber,
  matNumbers,
  matText,
  matVariable,
} from './matValue.ts';
import { pixelBox } from './pixelBox.ts';
import type { Vbb, VbbBox, VbbObject } from './vbb.ts';
import { checkVbb } from './vbbCheck.ts';

export interface VbbOptions {
  /** How errors call the file. Default the function's name. */
  readonly name?: string;
}

/** Versions there have been; the older ones lack the log (.06), `posv` and `objHide` (1.1 and before). */
const versions: readonly number[] = [0.06, 1.0, 1.1, 1.2, 1.3, 1.4];

/**
 * Reads a `.vbb` of any version. Fields are looked up by name: their order differs between writers.
 *
 * @throws FormatError for bytes that are no such file, are cut, or contradict themselves
 * @see vbbLoad of vbb.m 3.2.1
 */
export async function readVbb(bytes: Uint8Array, options: VbbOptions = {}): Promise<Vbb> {
  const { name = 'readVbb' } = options;
  const variables = await readMat(bytes, { name, maxBytes: 2 ** 28 });
  const version = matNumber(matVariable(variables, 'vers', name), `${name}: vers`);
  if (!versions.some((known) => Math.abs(known - version) < 1e-9))
    throw new FormatError(`${name}: the version is ${version}; it may be ${versions.join(', ')}`);
  const a = matVariable(variables, 'A', name);
  const field = (key: string) => matField(a, key, `${name}: A`);
  const numbers = (key: string) => matNumbers(field(key), `${name}: A.${key}`);

  const frameCount = matNumber(field('nFrame'), `${name}: A.nFrame`);
  const lists = matCells(field('objLists'), `${name}: A.objLists`);
  if (lists.length !== frameCount)
    throw new FormatError(`${name}: nFrame is ${frameCount} but objLists has ${lists.length} frames`);
  const vbb: Vbb = {
    objects: readObjects(a, name),
    frames: lists.map((list, f) => readFrame(list, `${name}: frame ${f + 1}`)),
    log: version === 0.06 ? [] : numbers('log').slice(0, Math.max(0, numbers('logLen')[0] ?? 0)),
  };
  checkVbb(vbb, name);
  return vbb;
}

/** Objects that exist; a slot whose `objInit` is 0 is free. */
function readObjects(a: MatValue, name: string): readonly VbbObject[] {
  const numbers = (key: string) => matNumbers(matField(a, key, `${name}: A`), `${name}: A.${key}`);
  const init = numbers('objInit');
  const labels = matCells(matField(a, 'objLbl', `${name}: A`), `${name}: A.objLbl`);
  const starts = numbers('objStr');
  const ends = numbers('objEnd');
  const hides = a.kind === 'struct' && a.fields.has('objHide') ? numbers('objHide') : init.map(() => 0);
  return init.flatMap((exists, i): VbbObject[] => {
    if (exists === 0) return [];
    const [label, start, end, hide] = [labels[i], starts[i], ends[i], hides[i]];
    if (label === undefined || start === undefined || end === undefined || hide === undefined)
      throw new FormatError(
        `${name}: object ${i + 1} of ${init.length} lacks a part: there are ${labels.length} labels, ${starts.length} starts, ${ends.length} ends`,
      );
    return [{ id: i + 1, label: matText(label, `${name}: A.objLbl{${i + 1}}`), start, end, hide: hide !== 0 }];
  });
}

function readFrame(list: MatValue, where: string): readonly VbbBox[] {
  if (list.kind === 'numeric' && list.values.length === 0) return []; // MATLAB's [] for a frame without objects
  if (list.kind !== 'struct') throw new FormatError(`${where} is a ${describeMat(list)}; it must be a struct or empty`);
  const count = list.shape.reduce((product, side) => product * side, 1);
  if (list.fields.size === 0 && count > 0) throw new FormatError(`${where} is a struct of no fields`);
  return Array.from({ length: count }, (_, i): VbbBox => {
    const at = `${where}, object ${i + 1}`;
    const value = (key: string) => matField(list, key, at, i);
    const box = (key: string) => {
      const values = matNumbers(value(key), `${at}: ${key}`);
      const found = pixelBox(values);
      if (!found) throw new FormatError(`${at}: ${key} is [${values.join(' ')}]; it must be [left top width height]`);
      return found;
    };
    return {
      id: matNumber(value('id'), `${at}: id`),
      pos: box('pos'),
      posv: list.fields.has('posv') ? box('posv') : [0, 0, 0, 0],
      occl: matNumber(value('occl'), `${at}: occl`) !== 0,
      lock: matNumber(value('lock'), `${at}: lock`) !== 0,
    };
  });
}
