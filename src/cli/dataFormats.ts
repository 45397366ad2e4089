import { dirname } from 'node:path';
import { FormatError } from '../data/formatError.ts';
import { relabel } from '../data/formats/relabel.ts';
import type { Sample } from '../data/sample.ts';
import type { DataSet } from '../data/skipped.ts';
import { caltech } from '../node/caltech.ts';
import { cityPersons } from '../node/formatsCity.ts';
import { coco } from '../node/formatsCoco.ts';
import { crowdHuman } from '../node/formatsCrowdHuman.ts';
import { euroCity } from '../node/formatsEuroCity.ts';
import { bbGtFolder, plainFolder } from '../node/formatsFolder.ts';
import { inria } from '../node/formatsInria.ts';
import { kaist } from '../node/formatsKaist.ts';
import { mot } from '../node/formatsMot.ts';
import { voc } from '../node/formatsVoc.ts';
import { widerPerson } from '../node/formatsWiderPerson.ts';
import { yolo } from '../node/formatsYolo.ts';
import { pennFudan } from '../node/pennFudan.ts';
import { type DataName, dataName, type Taken, taken } from './dataOptions.ts';

type Bad = 'throw' | 'skip';

/** A form that data sets come in. */
interface DataFormat {
  /** Options that it has, with the values that they may have, for the help. */
  readonly options: Readonly<Record<string, string>>;
  readonly read: (path: string, options: Taken, onBad: Bad) => Promise<DataSet>;
}

/** Given options, absent ones left out. */
const some = <T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  // Only what is undefined is dropped.
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

const trainVal = ['train', 'val'] as const;

/** Every reader of a folder or file, by the name that the command line gives it. */
export const dataFormats: Readonly<Record<string, DataFormat>> = {
  folder: {
    options: { split: 'NAME' },
    read: (path, o, onBad) => plainFolder(path, { onBad, ...some({ split: o.text('split') }) }),
  },
  coco: {
    options: { images: 'DIR' },
    read: (path, o, onBad) => coco(path, { onBad, images: o.text('images') ?? dirname(path) }),
  },
  voc: {
    options: { split: 'NAME', corners: 'edges|pixels' },
    read: (path, o, onBad) =>
      voc(path, { onBad, ...some({ split: o.text('split'), corners: o.word('corners', ['edges', 'pixels']) }) }),
  },
  yolo: {
    options: { split: 'train|val|test' },
    read: (path, o, onBad) => yolo(path, { onBad, split: o.word('split', ['train', 'val', 'test']) ?? 'train' }),
  },
  bbgt: {
    options: { others: 'drop|ignore|keep' },
    read: (path, o, onBad) =>
      bbGtFolder(path, { onBad, ...some({ others: o.word('others', ['drop', 'ignore', 'keep']) }) }),
  },
  caltech: {
    options: { sets: 'train|test|A+B', skip: 'N', others: 'drop|ignore|keep', empty: 'keep|skip' },
    read: (path, o, onBad) => {
      const [first, ...more] = o.list('sets') ?? [];
      const sets = more.length === 0 && (first === 'train' || first === 'test') ? first : o.list('sets');
      const others = o.word('others', ['drop', 'ignore', 'keep']);
      return caltech(path, {
        onBad,
        ...some({ sets, skip: o.number('skip'), others, empty: o.word('empty', ['keep', 'skip']) }),
      });
    },
  },
  kaist: {
    options: { annotations: 'PATH', list: 'PATH', texts: 'boxes|corners', camera: 'visible|lwir' },
    read: (path, o, onBad) =>
      kaist(path, {
        onBad,
        ...some({
          annotations: o.text('annotations'),
          list: o.text('list'),
          texts: o.word('texts', ['boxes', 'corners']),
          camera: o.word('camera', ['visible', 'lwir']),
        }),
      }),
  },
  citypersons: {
    options: { split: 'train|val', annotations: 'PATH' },
    read: (path, o, onBad) =>
      cityPersons(path, {
        onBad,
        split: o.needed('split', trainVal),
        ...some({ annotations: o.text('annotations') }),
      }),
  },
  eurocity: {
    options: { split: 'train|val|test', time: 'day|night' },
    read: (path, o, onBad) =>
      euroCity(path, {
        onBad,
        split: o.needed('split', ['train', 'val', 'test']),
        time: o.needed('time', ['day', 'night']),
      }),
  },
  crowdhuman: {
    options: { split: 'train|val', part: 'full|visible|head', images: 'DIR' },
    read: (path, o, onBad) =>
      crowdHuman(path, {
        onBad,
        split: o.needed('split', trainVal),
        ...some({ images: o.text('images'), part: o.word('part', ['full', 'visible', 'head']) }),
      }),
  },
  widerperson: {
    options: { split: 'train|val' },
    read: (path, o, onBad) => widerPerson(path, { onBad, split: o.needed('split', trainVal) }),
  },
  inria: {
    options: { split: 'train|test', negatives: 'keep|drop' },
    read: (path, o, onBad) =>
      inria(path, {
        onBad,
        split: o.needed('split', ['train', 'test']),
        ...some({ negatives: o.word('negatives', ['keep', 'drop']) }),
      }),
  },
  pennfudan: { options: {}, read: (path, _, onBad) => pennFudan(path, { onBad }) },
  mot: {
    options: { sequences: 'A+B', step: 'N' },
    read: (path, o, onBad) => mot(path, { onBad, ...some({ sequences: o.list('sequences'), step: o.number('step') }) }),
  },
};

/** Options of every form: objects of these classes alone, the others are background; and other names for classes. */
const ofAll = { rename: 'FROM:TO+...', keep: 'CLASS+...' } as const;

/** A data set's name as the command line gives it. */
export const namedData = (text: string): DataName => dataName(text, Object.keys(dataFormats));

/**
 * Reads a data set that the command line names, as `voc:VOC2007,split=test`.
 *
 * @throws UsageError for a name or an option that cannot be; what the reader throws
 */
export async function readData(text: string, onBad: Bad = 'throw'): Promise<DataSet> {
  const name = namedData(text);
  const format = dataFormats[name.format];
  if (format === undefined) return { samples: [], skipped: [] }; // namedData knows no others
  const options = taken(name, [...Object.keys(format.options), ...Object.keys(ofAll)]);
  const renamed = renamedBy(options.pairs('rename'));
  const { samples, skipped } = await format.read(name.path, options, onBad);
  return { samples: kept(renamed(samples), options.list('keep'), text), skipped };
}

const renamedBy =
  (names: Readonly<Record<string, string>> | undefined) =>
  (samples: readonly Sample[]): readonly Sample[] =>
    names ? relabel(samples, names) : samples;

/** Samples with objects of some classes alone. @throws FormatError where none has any */
function kept(samples: readonly Sample[], labels: readonly string[] | undefined, text: string): readonly Sample[] {
  if (labels === undefined) return samples;
  const known = new Set(samples.flatMap(({ objects }) => objects.map(({ label }) => label)));
  if (known.size > 0 && !labels.some((label) => known.has(label)))
    throw new FormatError(`${text} has no object that keep names; there are ${[...known].sort().join(', ')}`);
  return relabel(
    samples,
    Object.fromEntries([...known].filter((label) => !labels.includes(label)).map((label) => [label, null])),
  );
}

/** What the help says of data sets. */
export const dataHelp = (): string => {
  const rows = [...Object.entries(dataFormats), ['all of them', { options: ofAll }] as const].map(
    ([name, { options }]) => {
      const own = Object.entries(options).map(([key, values]) => `${key}=${values}`);
      return `  ${name.padEnd(11)} ${own.join(' ')}`.trimEnd();
    },
  );
  return `\nDATA is FORMAT:PATH,option=value,... or the path of a folder with data.json.\nFormats and their options:\n${rows.join('\n')}`;
};
