/** The narrow rungs for the command line: `pyramidion annotate --model examples/ladder-study/models.ts#streets.fpn --weights FILE`. */
import type { Predictor } from 'pyramidion';
import { ladder } from '../ladder.ts';
import { narrowed, photographsSize, type Size, scenesSize } from './settings.ts';

type Rungs = { readonly [rung: string]: () => Predictor };

const rungsOf = (size: Size): Rungs =>
  Object.fromEntries(Object.entries(ladder).map(([rung, make]) => [rung, () => make(narrowed(size))]));

export const streets: Rungs = rungsOf(scenesSize);
export const photographs: Rungs = rungsOf(photographsSize);
