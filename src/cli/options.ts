import { InvalidArgumentError } from 'commander';

/** A whole number from `least` on, of a flag. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    return value;
  };

/** A number in a closed range, of a flag. */
export const numberWithin =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= from && value <= to))
      throw new InvalidArgumentError(`It must be a number from ${from} to ${to}.`);
    return value;
  };

/** Height and width: `128x256`. */
export function sides(text: string): readonly [height: number, width: number] {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (height === undefined || width === undefined)
    throw new InvalidArgumentError('It must be height and width, such as 128x256.');
  return [Number(height), Number(width)];
}

/** Two numbers: `50,200`. */
export function range(text: string): readonly [low: number, high: number] {
  const [low, high, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (low === undefined || high === undefined || rest.length > 0 || !(low <= high))
    throw new InvalidArgumentError('It must be two rising numbers, such as 50,200.');
  return [low, high];
}

/** A flag that may come again. */
export const several = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** One of some words, of a flag. */
export const choice =
  <const W extends string>(...words: readonly W[]) =>
  (text: string): W => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
    return found;
  };
