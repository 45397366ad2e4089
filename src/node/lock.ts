import { randomBytes } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Who has a folder. */
interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** When the process began, on this boot; absent where the system does not say. */
  readonly started?: string;
  /** When it took the folder. */
  readonly since: string;
}

const file = 'run.lock';

/** Another run has the folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

/**
 * Takes a folder for one run. A process that was killed holds nothing: its lock is taken over, even where its number now is
 * another's.
 *
 * @returns gives the folder free
 * @throws FolderTaken naming the process that has it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, file);
  const id = randomBytes(8).toString('hex');
  const started = startOf(process.pid);
  const since = new Date().toISOString();
  const own: Holder = { id, pid: process.pid, host: hostname(), since, ...(started ? { started } : {}) };
  await mkdir(folder, { recursive: true });
  const beside = `${path}.${id}.part`; // so that a lock is there whole or not at all
  try {
    await writeFile(beside, `${JSON.stringify(own)}\n`, { flag: 'wx' });
    for (let tries = 0; tries < 10; tries++) {
      if (await placed(beside, path)) return () => unlock(path, id);
      const { holder, claims } = await heirOf(path);
      if (holder === undefined) continue; // it was given free meanwhile
      if (isLive(holder)) throw taken(folder, path, holder);
      const claim = claimOn(path, holder);
      if (!(await placed(beside, claim))) continue; // another one was quicker
      if ((await heirOf(path)).holder?.id === id) {
        await rename(beside, path);
        for (const one of [...claims, claim]) await rm(one, { force: true });
        return () => unlock(path, id);
      }
      await rm(claim, { force: true }); // the lock was another's by then
    }
    throw new FolderTaken(`${folder}: other runs take it again and again; give each a folder of its own`);
  } finally {
    await rm(beside, { force: true });
  }
}

function taken(folder: string, path: string, { pid, host, since }: Holder): FolderTaken {
  const where = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
  const remedy =
    host === hostname() ? '' : `; if that run is over, which cannot be seen from ${hostname()}, remove ${path}`;
  return new FolderTaken(
    `${folder}: another run has this folder, ${where}, since ${since}; give another folder${remedy}`,
  );
}

/** Puts a file in a place that is free. */
async function placed(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      return copyFile(from, to, constants.COPYFILE_EXCL); // a file system without links
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws Error for a lock that does not say whose it is */
async function holderOf(path: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { id, pid, host, started, since } = JSON.parse(text);
    if (typeof id === 'string' && Number.isInteger(pid) && typeof host === 'string' && typeof since === 'string')
      return { id, pid, host, since, ...(typeof started === 'string' ? { started } : {}) };
  } catch {
    // as a lock that says nothing
  }
  throw new Error(`${path}: it does not say which run has the folder; if none has, remove it`);
}

/** What one process at most can have: the right to put its lock in the place of a dead one's. */
const claimOn = (path: string, { id }: Holder): string => `${path}.${id}.next`;

/** Whose the lock is, or will be: claims are followed, since whoever had one may be dead too. */
async function heirOf(path: string): Promise<{ readonly holder: Holder | undefined; readonly claims: string[] }> {
  const claims: string[] = [];
  let holder = await holderOf(path);
  while (holder) {
    const claim = claimOn(path, holder);
    const next = await holderOf(claim);
    if (next === undefined) break;
    claims.push(claim);
    holder = next;
  }
  return { holder, claims };
}

async function unlock(path: string, id: string): Promise<void> {
  const holder = await holderOf(path).catch(() => undefined);
  if (holder?.id === id) await rm(path, { force: true });
}

function isLive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true; // it cannot be seen from here
  try {
    process.kill(pid, 0); // asks only whether it is there
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return now === undefined || started === undefined || now === started;
}

/** The boot and the moment in it when a process began; `ended` for one whose parent has not looked yet. Linux only. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // behind the name, from the third on
    return fields[0] === 'Z' ? 'ended' : `${boot} ${fields[19]}`; // proc(5): starttime is the 22nd
  } catch {
    return undefined;
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
