/** A checkpoint that is kept for being among the best. Plain data: part of a checkpoint. */
export interface Kept {
  /** From 0. */
  readonly epoch: number;
  /** A miss rate, or a loss where there is none. */
  readonly score: number;
}

/** `last`, `best`, and the best few by epoch and score: `best-epoch012-0.3141`. */
export type CheckpointName = 'last' | 'best' | `best-${string}`;

/** The name of one that is kept, of an epoch from 1 on. */
export const keptName = ({ epoch, score }: Kept): CheckpointName =>
  `best-epoch${`${epoch + 1}`.padStart(3, '0')}-${score.toFixed(4)}`;

/** With one more if it is among the best so many, the best first, of equal ones the earlier; what then is too many is the last. */
export function withKept(kept: readonly Kept[], one: Kept, most: number): readonly Kept[] {
  const all = [...kept.filter(({ epoch }) => epoch !== one.epoch), one].sort(
    (a, b) => a.score - b.score || a.epoch - b.epoch,
  );
  return all.indexOf(one) < most ? all : kept;
}
