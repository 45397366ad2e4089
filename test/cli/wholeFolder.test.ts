import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wholeFolder } from '../../src/cli/wholeFolder.ts';
import { ownFolder } from './run.ts';

const at = ownFolder();

it('is there when it is whole', async () => {
  const made = await wholeFolder(at('a', 'new'), async (into) => {
    await writeFile(join(into, 'x'), '');
    expect(await readdir(at('a'))).toEqual([expect.stringMatching(/^new\.\w+\.part$/)]);
    return 3;
  });
  expect([made, await readdir(at('a'))]).toEqual([3, ['new']]);
});
it('takes the place of an empty folder', async () => {
  await mkdir(at('empty'));
  await wholeFolder(at('empty'), (into) => writeFile(join(into, 'x'), ''));
  expect(await readdir(at('empty'))).toEqual(['x']);
});
it('leaves nothing behind where the work fails', async () => {
  const failing = wholeFolder(at('b', 'new'), async (into) => {
    await writeFile(join(into, 'x'), '');
    throw new Error('broken');
  });
  await expect(failing).rejects.toThrow('broken');
  expect(await readdir(at('b'))).toEqual([]);
});
it('keeps what a folder has already', async () => {
  await mkdir(at('full'));
  await writeFile(at('full', 'x'), '');
  await wholeFolder(at('full'), (into) => writeFile(join(into, 'y'), ''));
  expect(await readdir(at('full'))).toEqual(['x', 'y']);
});
