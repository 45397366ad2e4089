import type { Augmentation } from './augmentSteps.ts';

/** What a field may be, and whether a value is it. */
type Rule = readonly [words: string, holds: (value: unknown) => boolean];

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const numbers = (value: unknown): readonly number[] | undefined =>
  Array.isArray(value) && value.every(isNumber) ? value : undefined;
const rising = (value: unknown, least: number) => {
  const [low = Number.NaN, high = Number.NaN, ...more] = numbers(value) ?? [];
  return more.length === 0 && low >= least && low <= high;
};

const share: Rule = ['a number from 0 to 1', (value) => isNumber(value) && value >= 0 && value <= 1];
const half: Rule = ['a number from 0 to .5', (value) => isNumber(value) && value >= 0 && value <= 0.5];
const finite: Rule = ['a number', isNumber];
const count: Rule = ['a whole number of at least 1', (value) => Number.isInteger(value) && Number(value) >= 1];
const range: Rule = ['two numbers, the lower first', (value) => rising(value, Number.NEGATIVE_INFINITY)];
const gain: Rule = ['two numbers of at least 0, the lower first', (value) => rising(value, 0)];
const scale: Rule = ['two numbers above 0, the lower first', (value) => rising(value, Number.MIN_VALUE)];
const inside: Rule = [
  'two numbers above 0 and at most 1, the lower first',
  (v) => rising(v, 1e-6) && Number(numbers(v)?.[1]) <= 1,
];
const shares: Rule = [
  'two numbers from 0 to 1, the lower first',
  (value) => rising(value, 0) && Number(numbers(value)?.[1]) <= 1,
];
const atLeast1: Rule = ['two numbers of at least 1, the lower first', (value) => rising(value, 1)];
const fill: Rule = [
  'three numbers, 0-255',
  (value) => numbers(value)?.length === 3 && !numbers(value)?.some((v) => v < 0 || v > 255),
];
const overlaps: Rule = [
  'a list of numbers from 0 to 1',
  (value) => Number(numbers(value)?.length) > 0 && !numbers(value)?.some((v) => v < 0 || v > 1),
];
const lost: Rule = ["'ignore' or 'background'", (value) => value === 'ignore' || value === 'background'];

const probability = share;
const fields: { readonly [Name in Augmentation['name']]: Readonly<Record<string, Rule>> } = {
  flip: { probability },
  colour: { probability, brightness: share, contrast: share, saturation: share, hue: half },
  photometric: { probability, brightness: share, contrast: share, saturation: share, hue: half },
  exposure: { probability, gain, shift: range, pivot: finite },
  resizedCrop: { probability, scale, ratio: scale, tries: count, fill },
  ssdCrop: { probability, overlaps, scale: inside, ratio: scale, tries: count, lost },
  zoomOut: { probability, ratio: atLeast1, fill },
  scaleJitter: { probability, scale, fill },
  mosaic: { probability, centre: shares, scale, fill, until: share },
  mixup: { probability, share: shares, fill, until: share },
  blur: { probability, sigma: gain },
  cutOut: { probability, count, area: inside, ratio: scale, fill },
};

/**
 * Holds a list of augmentations to what its steps can be; it may come out of a file.
 *
 * @throws TypeError for a step or a field that does not exist, RangeError for a value that a field cannot have
 */
export function checkAugmentations(where: string, steps: readonly Augmentation[]): void {
  steps.forEach((step, i) => {
    const rules = Object.hasOwn(fields, step.name) ? fields[step.name] : undefined;
    if (rules === undefined)
      throw new TypeError(`${where}: step ${i} is "${step.name}"; it may be ${Object.keys(fields).join(', ')}`);
    for (const [field, value] of Object.entries(step)) {
      if (field === 'name' || value === undefined) continue;
      const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
      if (rule === undefined)
        throw new TypeError(
          `${where}: step ${i}, ${step.name}, has no field "${field}"; it has ${Object.keys(rules).join(', ')}`,
        );
      const [words, holds] = rule;
      if (!holds(value))
        throw new RangeError(
          `${where}: step ${i}, ${step.name}: ${field} is ${JSON.stringify(value)}; it must be ${words}`,
        );
    }
  });
}

/** Whether a step shows other images too. */
export function mixes({ name }: Augmentation): boolean {
  return name === 'mosaic' || name === 'mixup';
}
