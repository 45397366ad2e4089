import { nodeBuiltin } from './nodeBuiltin.ts';

interface NodeOs {
  readonly cpus: () => readonly unknown[];
  readonly availableParallelism?: () => number;
}
interface NodeFiles {
  readonly readFileSync: (path: string, encoding: 'utf8') => string;
}

/** Most threads that are started where nobody says how many: more of them share the memory's speed. */
const most = 8;

/**
 * Cores of the machine, not their hyperthreads: two threads on one core gain nothing here. A page is told of logical
 * processors alone: up to 4 of them are taken for cores, of more a half, but 4 at least.
 *
 * @param shared whether threads can share a memory here; where not, 1
 */
export function physicalCores(shared: boolean): number {
  if (!shared) return 1;
  const os = nodeBuiltin<NodeOs>('node:os');
  if (os === undefined) {
    const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency?: number } };
    const told = navigator?.hardwareConcurrency ?? 1;
    return Math.max(1, Math.min(most, told, Math.max(4, told >> 1)));
  }
  const allowed = os.availableParallelism?.() ?? os.cpus().length;
  return Math.max(1, Math.min(most, allowed, coresOfLinux(nodeBuiltin('node:fs')) ?? allowed));
}

/** Pairs of socket and core that Linux lists. */
function coresOfLinux(files: NodeFiles | undefined): number | undefined {
  try {
    const text = files?.readFileSync('/proc/cpuinfo', 'utf8') ?? '';
    const ids = (name: string) => [...text.matchAll(new RegExp(`^${name}\\s*: (\\d+)`, 'gm'))].map(([, id]) => id);
    const [sockets, cores] = [ids('physical id'), ids('core id')];
    const distinct = new Set(cores.map((core, i) => `${sockets[i]} ${core}`)).size;
    return distinct > 0 ? distinct : undefined;
  } catch {
    return undefined; // another system
  }
}
