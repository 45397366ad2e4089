import type { ConvertOptions, ConvertSample } from './convertOptions.ts';
import { isInside } from './path.ts';
import { quote } from './reading.ts';
import type { SizedRecord } from './record.ts';

/** A sample of the new data set and its files. */
export interface Placed<S extends ConvertSample> {
  readonly sample: S;
  readonly split: string;
  /** Its id as a name of a file. */
  readonly stem: string;
  /** Where its image goes. */
  readonly path: string;
  /** Where its text goes, in a form that has one for each image. */
  readonly label: string;
  /** What its text is made of. */
  readonly record: SizedRecord;
}

/** @throws RangeError for a split with another kind of name, or an id that is not there or comes twice */
export function checkSplits(
  samples: readonly ConvertSample[],
  splits: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const ids = new Set(samples.map(({ id }) => id));
  if (ids.size !== samples.length) throw new RangeError(`convert: an id comes twice among ${samples.length} samples`);
  const seen = new Set<string>();
  for (const [split, list] of splits) {
    if (!/^\w[\w-]{0,63}$/.test(split))
      throw new RangeError(`convert: a split is called ${quote(split)}; its name must be letters, digits, _ and -`);
    for (const id of list) {
      if (!ids.has(id)) throw new RangeError(`convert: ${split} names ${quote(id)}; there is no such sample`);
      if (seen.has(id)) throw new RangeError(`convert: ${quote(id)} is in two splits, or twice in ${split}`);
      seen.add(id);
    }
  }
  return samples.flatMap(({ id }) => (seen.has(id) ? [] : [id]));
}

/** @throws RangeError for ids that would be one file, or that no file can be called */
export function placeSamples<S extends ConvertSample>(
  samples: readonly S[],
  splits: ReadonlyMap<string, readonly string[]>,
  { to, ending = 'png' }: ConvertOptions,
): readonly Placed<S>[] {
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const taken = new Map<string, string>();
  return [...splits].flatMap(([split, ids]) =>
    ids.flatMap((id): Placed<S>[] => {
      const sample = byId.get(id);
      if (sample === undefined) return [];
      const stem = stemOf(id, taken);
      const file = `${stem}.${endingOf(sample, ending)}`;
      const { path, label } = pathsOf(to, split, stem, file);
      const { width, height, objects } = sample;
      const named = to === 'folder' ? { id, file: path } : { id: stem, file };
      return [{ sample, split, stem, path, label, record: { ...named, width, height, objects } }];
    }),
  );
}

/** The id with `_` for `/`; two that differ only in this, or in capitals, are one file somewhere. */
function stemOf(id: string, taken: Map<string, string>): string {
  const stem = id.replaceAll('/', '_');
  if (!isInside(stem)) throw new RangeError(`convert: the id ${quote(id)} cannot be the name of a file`);
  const other = taken.get(stem.toLowerCase());
  if (other !== undefined) throw new RangeError(`convert: ${quote(id)} and ${quote(other)} would be one file, ${stem}`);
  taken.set(stem.toLowerCase(), id);
  return stem;
}

function endingOf({ id, file }: ConvertSample, otherwise: string): string {
  const ending = file?.ending ?? otherwise;
  if (!/^\w{1,8}$/.test(ending)) throw new RangeError(`convert: the file of ${quote(id)} ends in ${quote(ending)}`);
  return ending;
}

function pathsOf(to: ConvertOptions['to'], split: string, stem: string, file: string) {
  switch (to) {
    case 'coco':
      return { path: `${split}/${file}`, label: `annotations/instances_${split}.json` };
    case 'voc':
      return { path: `JPEGImages/${file}`, label: `Annotations/${stem}.xml` };
    case 'yolo':
      return { path: `images/${split}/${file}`, label: `labels/${split}/${stem}.txt` };
    case 'bbgt':
      return { path: `${split}/images/${file}`, label: `${split}/annotations/${stem}.txt` };
    case 'folder':
      return { path: `images/${file}`, label: 'data.json' };
  }
}
