import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { checkpointFolder } from '../../src/node/checkpoints.ts';
import { writeFileAtomic } from '../../src/node/files.ts';
import { baselineRecipe } from '../../src/train/recipe.ts';
import type { CheckpointRecord } from '../../src/train/state.ts';
import { start } from './reports.ts';

/** Bytes that the disk still takes. */
const room = vi.hoisted(() => ({ left: Number.POSITIVE_INFINITY }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open: typeof real.open = async (path, flags, mode) => {
    const file = await real.open(path, flags, mode);
    const write = file.writeFile.bind(file);
    file.writeFile = async (content) => {
      const bytes = Buffer.from(content as Uint8Array);
      const fits = Math.min(room.left, bytes.length);
      room.left -= fits;
      await write(bytes.subarray(0, fits));
      if (fits < bytes.length) throw new Error('ENOSPC: no space left on device, write');
    };
    return file;
  };
  return { ...real, open };
});

const home = mkdtempSync(join(tmpdir(), 'pyramidion-full-'));
afterAll(() => rmSync(home, { recursive: true }));
afterEach(() => {
  room.left = Number.POSITIVE_INFINITY;
});
const plateau = { bad: 0, rate: 1 };
const state = { epoch: 1, stepInEpoch: 0, step: 5, seed: 3, images: 40, plateau, lossSums: {} };
const record: CheckpointRecord = {
  format: 'pyramidion-checkpoint/2',
  state,
  recipe: { ...baselineRecipe, name: 'short' },
  card: start().card,
};

describe('on a full disk', () => {
  it('a checkpoint is written whole or the one before it stays, wherever the room ends', async () => {
    const folder = join(home, 'checkpoints');
    const store = checkpointFolder(folder);
    await store.save('last', new Uint8Array(50).fill(1), record);
    const before = readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
    const text = `${JSON.stringify({ ...record, state: { ...state, step: 6 } }, null, 2)}\n`.length;
    const needed = text + 60;
    const next = () => store.save('last', new Uint8Array(60).fill(2), { ...record, state: { ...state, step: 6 } });
    for (let left = 0; left < needed; left += left < text - 20 ? 17 : 1) {
      room.left = left;
      await expect(next(), `${left} bytes`).rejects.toThrow(
        /last\.safetensors: 60 bytes could not be written: ENOSPC.*; make room on the disk\. What was there is whole/,
      );
      expect(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')])).toEqual(before);
    }
    room.left = needed;
    await next();
    expect(readFileSync(join(folder, 'last.safetensors'))).toHaveLength(60);
    expect(readdirSync(folder)).toHaveLength(2);
  });
  it('another file too', async () => {
    const path = join(home, 'page.html');
    await writeFileAtomic(path, 'before');
    room.left = 3;
    await expect(writeFileAtomic(path, 'after')).rejects.toThrow(/page\.html: 5 bytes could not be written: ENOSPC/);
    expect(readFileSync(path, 'utf8')).toBe('before');
  });
  /** A run's reports as `teller` writes them, in a process whose files may have 4 KiB: beyond, the system refuses as a full disk does. */
  async function reported(folder: string, module: string, teller: string): Promise<unknown> {
    mkdirSync(folder);
    const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const program = `
      import * as module from ${source(module)};
      import { start, step } from ${source('./reports.ts')};
      const tell = module.${teller};
      await tell(start());
      for (let i = 1; i < 100; i++) await tell(step(i));`;
    const tsx = new URL(import.meta.resolve('tsx')).href;
    return promisify(execFile)(
      'bash',
      ['-c', `ulimit -f 4; exec "$0" --import ${tsx} --input-type=module -e "$1"`, process.execPath, program],
      { cwd: folder, env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
    );
  }

  it.skipIf(process.platform === 'win32')('the log keeps whole lines, and says which file is full', async () => {
    const folder = join(home, 'log');
    await expect(reported(folder, '../../src/node/log.ts', "jsonLines('log.jsonl')")).rejects.toThrow(
      /log\.jsonl: \d+ bytes could not be written: EFBIG.*; make room on the disk/,
    );
    const text = readFileSync(join(folder, 'log.jsonl'), 'utf8');
    expect(text.length).toBeGreaterThan(3000);
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.trimEnd().split('\n')) expect(JSON.parse(line).kind).toMatch(/start|step/);
  });
  it.skipIf(process.platform === 'win32')('event files keep whole records, and say which file is full', async () => {
    const folder = join(home, 'events');
    await expect(reported(folder, '../../src/node/tensorBoard.ts', "tensorBoard('.')")).rejects.toThrow(
      /tfevents\.\S+: \d+ bytes could not be written: EFBIG.*; make room on the disk/,
    );
    const [name = ''] = readdirSync(folder);
    const bytes = readFileSync(join(folder, name));
    expect(bytes.length).toBeGreaterThan(2000);
    let at = 0; // a record: its length, eight bytes; a checksum, four; the record; a checksum, four
    while (at < bytes.length) at += 16 + Number(bytes.readBigUInt64LE(at));
    expect(at).toBe(bytes.length);
  });
});
