import type { CheckpointName } from './kept.ts';
import type { CheckpointRecord } from './state.ts';

/** Where checkpoints go. */
export interface CheckpointStore {
  /** Puts one in its place whole, or leaves the one that is there. */
  readonly save: (name: CheckpointName, bytes: Uint8Array, record: CheckpointRecord) => Promise<void>;
  /** Takes one away, which may be gone already. Needed by `keep`. */
  readonly remove?: (name: CheckpointName) => Promise<void>;
  /** Called before a run begins. @throws Error where another run has the place */
  readonly open?: () => Promise<void>;
  /** Called when the run is over, however it ends. */
  readonly close?: () => Promise<void>;
}
