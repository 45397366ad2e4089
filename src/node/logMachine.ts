import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What a run runs on. */
export interface Machine {
  /** `linux x64`. */
  readonly system: string;
  /** As it calls itself. */
  readonly processor: string;
  /** That this process may use. */
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  readonly node: string;
}

/** This machine, without what would name it or its user. */
export const machine = (): Machine => ({
  system: `${platform()} ${arch()}`,
  processor: cpus()[0]?.model.trim() || 'unknown',
  cores: availableParallelism(),
  memory: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
});
