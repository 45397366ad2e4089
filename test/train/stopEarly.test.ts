import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/tfjs/backend.ts';
import type { Recipe } from '../../src/train/recipe.ts';
import { afterEpoch, isOver, type StopEarly, type StopEarlyState } from '../../src/train/stopEarly.ts';
import { recipe, run, samples, toy } from './toy.ts';

/** After how many epochs of such losses a run ends, and undefined where it goes on. */
function ended(rule: StopEarly, losses: readonly (number | undefined)[]): number | undefined {
  let state: StopEarlyState | undefined;
  for (const [epoch, total] of losses.entries()) {
    const validation = total === undefined ? undefined : { loss: { total } };
    state = afterEpoch(rule, state, { epoch, loss: {}, validation });
    if (isOver(rule, state)) return epoch + 1;
  }
  return undefined;
}

describe('early stopping', () => {
  it.each([
    [{ patience: 2 }, [3, 2, 2.5, 2.1, 1], 4], // Keras, EarlyStopping: best 2 at the second, then two epochs
    [{ patience: 2 }, [3, 2, 2.5, 1.9, 2, 1.8], undefined],
    [{ patience: 1 }, [3, 3], 2], // what is equal is not better
    [{ patience: 2, threshold: 0.5 }, [3, 2.6, 2.6, 1], 3], // .4 better is none
    [{ patience: 3 }, [3, undefined, 4, undefined, 5, 6], 5], // epochs count, validations or not: .. 4 after the best
  ] as const)('ends a run of %j after losses %j: %j', (rule, losses, after) => {
    expect(ended(rule, losses)).toBe(after);
  });
  it('looks at the miss rate where there is one, unless it is to look at the loss', () => {
    const at = (by: StopEarly['by']) =>
      afterEpoch({ patience: 1, ...(by ? { by } : {}) }, undefined, {
        epoch: 0,
        loss: { total: 9 },
        validation: { loss: { total: 2 }, missRate: { logAverage: 0.5, images: 1, truths: 1, detections: 1 } },
      })?.best;
    expect([at(undefined), at('missRate'), at('loss')]).toEqual([0.5, 0.5, 2]);
    const own = { epoch: 0, loss: { total: 9 }, validation: 'none' } as const;
    expect(afterEpoch({ patience: 1 }, undefined, own)?.best).toBe(9);
    expect(() => afterEpoch({ patience: 1, by: 'missRate' }, undefined, own)).toThrow(/no held-out object counts/);
  });
});

describe('a run that may end early', () => {
  beforeAll(() => useBackend('wasm'));
  // A rate of next to nothing, and statistics that stay: no epoch is better than the first by .1.
  const still: Recipe = {
    ...recipe,
    schedule: { name: 'constant', rate: 1e-12 },
    storedFrom: 0,
    epochs: 9,
    stopEarly: { patience: 2, threshold: 0.1, by: 'loss' },
  };
  const validation = { data: samples.slice(0, 3) };
  it('does so, says why, and stays ended when it is resumed', async () => {
    const { result, reports, saved } = await run(toy(), { recipe: still, validation });
    expect(result).toMatchObject({ why: 'early', state: { epoch: 3, step: 9, stopEarly: { since: 2, epoch: 2 } } });
    expect(reports.at(-1)).toMatchObject({ kind: 'end', why: 'early' });
    const resume = saved.at(-1)?.bytes ?? new Uint8Array();
    const again = await run(toy(), { recipe: still, validation, resume });
    expect(again.result).toMatchObject({ why: 'early', state: result.state });
    expect(again.losses).toEqual([]);
  });
  it('counts on where it was resumed', async () => {
    const stop = new AbortController();
    const first = await run(toy(), {
      recipe: still,
      validation,
      signal: stop.signal,
      onReport: (report) => report.kind === 'step' && report.step === 7 && stop.abort(),
    });
    const rest = await run(toy(), { recipe: still, validation, resume: first.saved.at(-1)?.bytes ?? new Uint8Array() });
    expect(rest.result).toMatchObject({ why: 'early', state: { epoch: 3 } });
  });
  it('is refused where it cannot be', async () => {
    const refused = (stopEarly: StopEarly) => expect(run(toy(), { recipe: { ...recipe, stopEarly } })).rejects;
    await refused({ patience: 0 }).toThrow(/stopEarly.patience is 0; it must be a whole number of epochs/);
    await refused({ patience: 1, threshold: -1 }).toThrow(/stopEarly.threshold is -1/);
    await refused({ patience: 1, by: 'missRate' }).toThrow(/by missRate, which needs a validation/);
  });
});
