import { tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dispose } from '../../src/core/model.ts';
import { backends, use } from '../ops/backends.ts';
import { distance } from './compare.ts';
import { fill } from './fill.ts';
import { type Golden, goldens, present, skipped } from './formula.ts';
import { type Subject, subjectOf } from './subject.ts';

/**
 * How far an answer may be from the reference's float64, in units of what the reference's own float32 is away: sums in
 * another order are 1 to 4 away, another epsilon or padding 140 and more.
 */
export const tolerance = 20;
/** And of the listed numbers, as a part of the largest of the map. */
export const relativeTolerance = 1e-4;

/** Tests that every model of a library, filled under the library's names, answers as the library's does, on each backend. */
export function holdsTo(library: string, count: number): void {
  const cases = present ? casesOf(library) : [];
  it.skipIf(!present)(`the answers of ${library} are of ${count} cases ${skipped}`, () => {
    expect(cases).toHaveLength(count);
  });
  for (const { name } of backends.filter(({ absent }) => absent === undefined))
    describe.skipIf(!present)(`the models of ${library} on ${name} ${skipped}`, () => {
      let made: Subject | undefined;
      beforeAll(() => use(name));
      afterEach(() => {
        if (made) dispose(made.model);
        made = undefined;
      });
      const runs = (golden: Golden) => name === 'wasm' || isTensorflows(golden);
      it.each(cases.filter(([, golden]) => runs(golden)))('parity: %s', { timeout: 60_000 }, (_, golden) => {
        made = subjectOf(golden);
        fill(made.model, made.names);
        hold(made, golden);
      });
      it.skip.each(cases.filter(([, golden]) => !runs(golden)))(
        'parity: %s (tfjs-node has no symmetric padding)',
        () => {},
      );
    });
}

/** Whether a model is TensorFlow's, whose padding is SAME; the others' is symmetric. */
const isTensorflows = ({ source, model }: Golden) =>
  source === 'keras' || source === 'efficientnet_pytorch' || model.startsWith('tf_');

function hold({ answers }: Subject, golden: Golden): void {
  tidy(() => {
    const given = answers(golden);
    for (const [output, wanted] of Object.entries(golden.outputs)) {
      const tensor = given.get(output);
      if (tensor === undefined) throw new RangeError(`the model has no ${output}`);
      const { units, worst, relative } = distance(tensor, wanted);
      expect(units, `${output}, ${worst}`).toBeLessThan(tolerance);
      expect(relative, output).toBeLessThan(relativeTolerance);
    }
  });
}

const casesOf = (library: string): [string, Golden][] =>
  Object.entries({ ...goldens('models.json'), ...goldens('models-keras.json') }).filter(([name]) =>
    name.startsWith(`${library}/`),
  );
