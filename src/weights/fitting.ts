import type { HasParts } from '../core/block.ts';
import type { FileTensor } from './fileTensor.ts';
import { compare } from './loadReport.ts';
import type { NameMap } from './nameMap.ts';
import { entriesOf } from './recognise.ts';

/** A model of which weights are published, made only to be compared: nothing of it is allocated. */
export interface Candidate {
  /** As a program calls it: `efficientNetB4()`. */
  readonly name: string;
  /** Complete: every weight has its shape. */
  readonly make: () => HasParts;
}

/** The models that weights are of, exactly, with whose names: `efficientNetB4() (timm's names)`. */
export function fitting(
  tensors: ReadonlyMap<string, FileTensor>,
  candidates: readonly Candidate[],
  maps: readonly NameMap[],
): string[] {
  return candidates.flatMap(({ name, make }) => {
    const model = make();
    const map = maps.find((one) => {
      const entries = entriesOf(one, model);
      if (entries?.size !== tensors.size) return false;
      const { missing, unexpected, differing } = compare(entries, tensors);
      return missing.length + unexpected.length + differing.length === 0;
    });
    return map ? [`${name} (names of ${map.name})`] : [];
  });
}
