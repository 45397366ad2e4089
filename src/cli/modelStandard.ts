import { imagenet, kaist, unit } from '../backbone/standardization.ts';
import type { Standardization } from '../core/levels.ts';
import { FormatError } from '../data/formatError.ts';
import { type Fields, fieldsOf } from './modelFields.ts';

const standards = { imagenet, kaist, unit } as const;

/** What a description wants done to the pixels. @throws FormatError that names the field by its path */
export function standardOf(root: Fields, name: string): Standardization {
  const given = root.object('standardize');
  if (typeof given === 'string') return standards[root.word('standardize', ['imagenet', 'kaist', 'unit'])];
  const fields = fieldsOf(given, `${name}: standardize`, ['name', 'mean', 'deviation']);
  const channels = (key: string): readonly [number, number, number] => {
    const [red, green, blue, ...rest] = fields.numbers(key);
    if (red === undefined || green === undefined || blue === undefined || rest.length > 0)
      throw new FormatError(`${fields.path}.${key} must be three numbers, of red, green and blue in 0-255`);
    return [red, green, blue];
  };
  const deviation = channels('deviation');
  if (!deviation.every((value) => value > 0)) throw new FormatError(`${fields.path}.deviation must be above 0`);
  return { name: fields.has('name') ? fields.text('name') : 'own', mean: channels('mean'), deviation };
}
