import { expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { mutate } from '../data/formats/mutate.ts';
import { weightCases, weightPromise } from './weightCases.ts';

/** Files each; `npm run fuzz` reads many more. */
const files = 300;

it.each(weightCases)(
  '$name: a damaged file is read or refused by one kind of error that names it',
  async ({ name, seeds }) => {
    for (const seed of seeds) expect(await weightPromise(seed)).toBe('read');
    let refused = 0;
    for (let i = 0; i < files; i++)
      if ((await weightPromise(mutate(seeds, 'binary', keyedRandom('weights', name, i)))) === 'refused') refused++;
    expect(refused).toBeGreaterThan(files / 4);
  },
);
