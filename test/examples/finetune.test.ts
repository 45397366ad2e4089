import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const data = join(root, '../shared/data/penn-fudan');
const weights = join(root, '../shared/data/weights/efficientnet-lite0.safetensors');
const home = mkdtempSync(join(tmpdir(), 'pyramidion-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs the example as its reader would; what it printed. */
const example = (...flags: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const args = ['--conditions=pyramidion-source', '--import', 'tsx', 'examples/finetune.ts', ...flags];
    execFile(process.execPath, args, { cwd: root, encoding: 'utf8' }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
  });

describe('the fine-tuning example', { timeout: 120_000 }, () => {
  it('says where the photographs are to be had, and what a flag may be', async () => {
    await expect(example('--data', home)).rejects.toThrow(/has no Annotation; unpack https:.*PennFudanPed\.zip/);
    await expect(example('--recipe', 'fast')).rejects.toThrow(/the recipes are people, peopleLong/);
    await expect(example('--seed', 'one')).rejects.toThrow(/--seed is one; it must be a whole number/);
  });

  it.skipIf(!existsSync(data) || !existsSync(weights))(
    'trains on 12 photographs, judges by 5, shows and saves what it made, and keeps it (skipped where they are not at hand)',
    async () => {
      const out = join(home, 'short');
      const flags = ['--short', '--data', data, '--weights', weights, '--out', out];
      const said = await example(...flags);
      expect(said).toContain('240 tensors of the backbone'); // 48 convolutions, each with a norm of 4
      const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
      expect(result).toMatchObject({ recipe: 'people', seed: 0, steps: 3, images: 5 }); // 12 photographs in fours
      expect(result.AP50).toBeGreaterThanOrEqual(0);
      expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('FudanPed00002');
      for (const file of ['report.html', 'model.json', 'model.safetensors'])
        expect(existsSync(join(out, file))).toBe(true);
      await expect(example(...flags)).rejects.toThrow(/has a checkpoint; --resume goes on with it/);
    },
  );
});
