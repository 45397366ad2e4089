import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpointFolder } from '../../src/node/checkpoints.ts';
import { FolderTaken, lockFolder } from '../../src/node/lock.ts';

const home = mkdtempSync(join(tmpdir(), 'pyramidion-lock-'));
afterAll(() => rmSync(home, { recursive: true }));
let count = 0;
const fresh = () => join(home, `${count++}`);
const lock = (folder: string) => join(folder, 'run.lock');
const holder = { id: 'other', pid: process.pid, host: hostname(), since: '2026-11-24T20:00:00.000Z' };

describe('the folder of a run', () => {
  it('is one run at a time, and free again after it', async () => {
    const folder = fresh();
    const release = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(
      `${folder}: another run has this folder, process ${process.pid}, since ${JSON.parse(readFileSync(lock(folder), 'utf8')).since}; give another folder`,
    );
    await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderTaken);
    await release();
    expect(readdirSync(folder)).toEqual([]);
    await (await lockFolder(folder))();
  });
  it('goes to one of many that want it at once', async () => {
    const folder = fresh();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['run.lock']);
  });
  it('is taken over from a process that was killed, by one of many', async () => {
    const folder = fresh();
    const source = JSON.stringify(new URL('../../src/node/lock.ts', import.meta.url).href);
    const program = `
      const { lockFolder } = await import(${source});
      await lockFolder(process.argv[1]);
      console.log('has it');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder]);
    await once(child.stdout, 'data');
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}, since`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const left = readFileSync(lock(folder), 'utf8');
    for (let round = 0; round < 50; round++) {
      writeFileSync(lock(folder), left);
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(readdirSync(folder)).toEqual(['run.lock']);
    }
  });
  it.skipIf(process.platform !== 'linux')(
    'is taken over where the number of the process is now of another',
    async () => {
      const folder = fresh();
      await (await lockFolder(folder))();
      writeFileSync(lock(folder), JSON.stringify({ ...holder, started: 'an earlier boot 1' }));
      await (await lockFolder(folder))();
      expect(existsSync(lock(folder))).toBe(false);
    },
  );
  it('stays with a run on another machine, and says what to do if that is over', async () => {
    const folder = fresh();
    await (await lockFolder(folder))();
    writeFileSync(lock(folder), JSON.stringify({ ...holder, host: 'elsewhere', pid: 1 }));
    await expect(lockFolder(folder)).rejects.toThrow(
      `process 1 on elsewhere, since 2026-11-24T20:00:00.000Z; give another folder; if that run is over, which cannot be seen from ${hostname()}, remove ${lock(folder)}`,
    );
    writeFileSync(lock(folder), 'no');
    await expect(lockFolder(folder)).rejects.toThrow(
      'it does not say which run has the folder; if none has, remove it',
    );
  });
  it('is cleared of what a killed run had begun to write, and of nothing else', async () => {
    const folder = fresh();
    const store = checkpointFolder(folder);
    await store.open();
    await store.close();
    const [ours, others] = ['last.safetensors.0123456789ab.part', 'mine.part'];
    for (const name of [ours, others]) writeFileSync(join(folder, name), 'half');
    await store.open();
    await expect(checkpointFolder(folder).open()).rejects.toThrow('another run has this folder');
    await store.close();
    expect(readdirSync(folder)).toEqual([others]);
  });
});
