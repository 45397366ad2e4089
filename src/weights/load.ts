import { ready } from '@tensorflow/tfjs-core';
import type { HasParts } from '../core/block.ts';
import { assign } from './assign.ts';
import { type FileTensor, isCounter, type WeightFile } from './fileTensor.ts';
import { type Candidate, fitting } from './fitting.ts';
import { type Comparison, compare, complaint } from './loadReport.ts';
import { weightPrefix } from './modelWeights.ts';
import type { NameMap } from './nameMap.ts';
import { openWeights } from './open.ts';
import type { RangedSource } from './rangedSafetensors.ts';
import { ourNames, type Recognised, recognise, unwrapped } from './recognise.ts';
import { variantKey } from './save.ts';
import { checkVariant, variantOf } from './variantCheck.ts';

/** Where weights come from, when they are not in memory yet: something that gives all bytes, or those of any place. */
export type WeightSource = WholeSource | RangedSource;
export interface WholeSource {
  /** How errors call it. */
  readonly name: string;
  readonly read: (options: { readonly signal?: AbortSignal | undefined }) => Promise<Uint8Array | RangedSource>;
  /** Where they came from and under which licence, once they are read. */
  readonly origin?: () => object | undefined;
}

export interface LoadOptions {
  /** How the file names its weights. Default: the map among the known ones, and our own places, that knows most of its names. */
  readonly names?: NameMap;
  /**
   * Which weights of the model may stay as they are, where the file lacks them or has them in another shape: those of its
   * `head` and `classifier`, those at or under these places, or `any`. The file may hold more then, too. Default none.
   */
  readonly partial?: 'head' | 'any' | readonly string[];
  /** Which variant the weights are of: `timmTf`. Default what the file says, else those that its names go with. */
  readonly variant?: string;
  /** Which dictionary of a PyTorch checkpoint is meant: `state_dict_ema`. Default the usual one. */
  readonly key?: string;
  /** How errors call the file. Default the source's name, else `loadWeights`. */
  readonly name?: string;
  readonly signal?: AbortSignal;
}

/** What was loaded; without `partial` everything was, and the other lists are empty. */
export interface LoadReport extends Comparison {
  readonly format: WeightFile['format'];
  /** Whose names the file has: `timm`, or `pyramidion` for ours. */
  readonly names: string;
  /** Free text of the file. */
  readonly metadata: WeightFile['metadata'];
  /** What the source says of where the weights are from: of the hub repository, commit and licence. */
  readonly origin?: object;
}

export interface KnownModels {
  /** Names that are recognised. */
  readonly names: readonly NameMap[];
  /** Models that an error may name when weights are of another one; asked for only then. */
  readonly candidates?: () => Promise<readonly Candidate[]> | readonly Candidate[];
}

export type LoadWeights = (
  model: HasParts,
  source: Uint8Array | ArrayBuffer | Blob | WeightSource,
  options?: LoadOptions,
) => Promise<LoadReport>;

/**
 * Makes `loadWeights` of the names and models that it shall know: it gives a model the weights of a file, all of them or
 * none, and says what it did. Formats, names and layouts are recognised.
 *
 * @throws FormatError (a RangeError) for a file that is damaged or made to harm, RangeError for weights of another model or
 * another variant, naming what is missing, unexpected or of another shape, and the model that the weights are of, if known
 */
export function weightLoader({ names: known, candidates = () => [] }: KnownModels): LoadWeights {
  return async (model, source, options = {}) => {
    const { signal, key } = options;
    const file = options.name ?? ('name' in source && typeof source.name === 'string' ? source.name : 'loadWeights');
    const given = await bytesOf(source, signal);
    signal?.throwIfAborted();
    const opened = await openWeights(given, file, key);
    try {
      const tensors = weightsIn(opened);
      const maps = options.names ? [options.names] : [ourNames, ...known];
      const variant = variantOf(model);
      const recognised = recognise(model, tensors, maps, variant);
      const suit = async () => {
        const fits = fitting(tensors, await candidates(), [
          ourNames,
          ...known,
          ...(options.names ? [options.names] : []),
        ]);
        return fits.length > 0 ? `; they are those of ${fits.slice(0, 3).join(' or of ')}` : '';
      };
      if (recognised === undefined) throw new RangeError(unknown(file, tensors, maps) + (await suit()));
      const report = compare(recognised.entries, tensors);
      const wrong = complaint(required(report, options.partial));
      if (wrong !== '') throw new RangeError(`${file}: these are weights of another model; ${wrong}${await suit()}`);
      checkVariant(file, variantsOf(opened, recognised, options.variant), variant);
      if (report.loaded.length === 0)
        throw new RangeError(`${file}: none of its weights fits the model; ${complaint(report)}${await suit()}`);
      await ready();
      await assign(recognised, report, { tensors, opened, signal });
      const origin = 'origin' in source ? source.origin?.() : undefined;
      return {
        ...report,
        format: opened.format,
        names: recognised.map.name,
        metadata: opened.metadata,
        ...(origin ? { origin } : {}),
      };
    } finally {
      opened.close();
    }
  };
}

async function bytesOf(
  source: Parameters<LoadWeights>[1],
  signal: AbortSignal | undefined,
): Promise<Uint8Array | RangedSource> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  return 'readInto' in source ? source : source.read({ signal });
}

/** Keras's EfficientNets carry the statistics of the pixels, which belong to the variant here. */
const isPixelStatistic = (name: string) => /^normalization(_\d+)?\/(mean|variance|count)(:0)?$/.test(name);

/** The weights of a file: of a checkpoint of ours those of the model, of others' files all that a model computes with. */
function weightsIn({ tensors, metadata }: WeightFile): ReadonlyMap<string, FileTensor> {
  const all = [...tensors];
  if (metadata.record !== undefined)
    return new Map(
      all.flatMap(([name, one]) => (name.startsWith(weightPrefix) ? [[name.slice(weightPrefix.length), one]] : [])),
    );
  return unwrapped(new Map(all.filter(([name, one]) => !isCounter(name, one) && !isPixelStatistic(name))));
}

const unknown = (file: string, tensors: ReadonlyMap<string, FileTensor>, maps: readonly NameMap[]) =>
  `${file}: none of its ${tensors.size} names is one of the model's, as ${maps.map(({ name }) => name).join(', ')} would call them; ` +
  `they are ${[...tensors.keys()].slice(0, 5).join(', ')}`;

/** What a partial load does not excuse. */
function required(report: Comparison, partial: LoadOptions['partial']): Omit<Comparison, 'loaded'> {
  if (partial === undefined) return report;
  const places = partial === 'head' ? ['head', 'classifier'] : partial;
  const excused = (place: string) =>
    places === 'any' || places.some((one) => place === one || place.startsWith(`${one}/`));
  return {
    missing: report.missing.filter((place) => !excused(place)),
    unexpected: [],
    differing: report.differing.filter(({ place }) => !excused(place)),
  };
}

/** Variants that weights may be of; none where nothing says so. */
function variantsOf({ metadata }: WeightFile, { map }: Recognised, told: string | undefined): readonly string[] {
  const said = told ?? metadata[variantKey];
  return said === undefined ? map.variants : [said];
}
