import type { Annotation } from '../../core/annotation.ts';
import { writeBbGt } from '../bbGt.ts';
import { pixelsOfBox } from '../pixelBox.ts';
import { labelsOf, writeCoco } from './cocoWrite.ts';
import { type Loss, lossesOf } from './convertLosses.ts';
import type { ConvertOptions, ConvertSample } from './convertOptions.ts';
import { checkSplits, type Placed, placeSamples } from './convertPlaces.ts';
import { writeFolderData } from './folderWrite.ts';
import { writeVoc } from './vocWrite.ts';
import { writeYolo } from './yolo.ts';
import { writeYoloData } from './yoloData.ts';

/** The files of a data set in another form, and where its images belong. */
export interface Converted<S extends ConvertSample = ConvertSample> {
  /** Texts by their paths below the folder of the new data set, with `/`; all stay inside. */
  readonly files: ReadonlyMap<string, string>;
  /** Each image's path, and its sample. */
  readonly images: readonly { readonly path: string; readonly sample: S }[];
  /** What the form cannot hold of these samples; found by reading the files again. */
  readonly lost: readonly Loss[];
  /** Ids of samples that no split names; they are not written. */
  readonly leftOut: readonly string[];
}

/**
 * Writes samples of any reader as COCO, VOC, YOLO, bbGt or the library's own form; nothing is read or written but texts.
 * An id's `/` becomes `_` in names of files. Where they go:
 *
 *     coco    annotations/instances_SPLIT.json, SPLIT/ID.jpg
 *     voc     Annotations/ID.xml, JPEGImages/ID.jpg, ImageSets/Main/SPLIT.txt
 *     yolo    data.yaml, labels/SPLIT/ID.txt, images/SPLIT/ID.jpg
 *     bbgt    SPLIT/annotations/ID.txt, SPLIT/images/ID.jpg, SPLIT.txt
 *     folder  data.json, images/ID.jpg
 *
 * @throws RangeError for a split that names no sample or one twice, ids that would be one file, or a label without a class
 */
export function convert<S extends ConvertSample>(samples: readonly S[], options: ConvertOptions): Converted<S> {
  const splits = options.splits ?? new Map([['train', samples.map(({ id }) => id)]]);
  const leftOut = checkSplits(samples, splits);
  const placed = placeSamples(samples, splits, options);
  const classes = options.classes ?? labelsOf(options.to === 'yolo' ? placed.map(counting) : samples);
  const files = writers[options.to](placed, splits, classes);
  return {
    files,
    images: placed.map(({ path, sample }) => ({ path, sample })),
    lost: lossesOf(placed, files, classes, options.to),
    leftOut,
  };
}

const counting = ({ sample }: Placed<ConvertSample>) => ({
  objects: sample.objects.filter(({ ignore }) => ignore === undefined),
});

type Splits = ReadonlyMap<string, readonly string[]>;
type Writer = (
  placed: readonly Placed<ConvertSample>[],
  splits: Splits,
  classes: readonly string[],
) => Map<string, string>;

const writers: { readonly [To in ConvertOptions['to']]: Writer } = {
  coco: (placed, splits, classes) =>
    new Map(
      [...splits.keys()].map((split) => {
        const records = placed.filter((one) => one.split === split).map(({ record }) => record);
        return [`annotations/instances_${split}.json`, writeCoco(records, { classes })];
      }),
    ),
  voc: (placed, splits) =>
    new Map([
      ...placed.map(({ label, record }) => [label, writeVoc(record)] as const),
      ...listsOf(placed, splits, (split) => `ImageSets/Main/${split}.txt`),
    ]),
  yolo: (placed, splits, classes) =>
    new Map([
      ...placed.map(({ label, record }) => [label, writeYolo(record.objects, { ...record, classes })] as const),
      ['data.yaml', writeYoloData({ names: classes, splits: foldersOf(splits) })],
    ]),
  bbgt: (placed, splits) =>
    new Map([
      ...placed.map(({ label, record }) => [label, writeBbGt(record.objects.map(bbGtOf))] as const),
      ...listsOf(placed, splits, (split) => `${split}.txt`),
    ]),
  folder: (placed, splits) =>
    new Map([
      [
        'data.json',
        writeFolderData(
          placed.map(({ record }) => record),
          splits,
        ),
      ],
    ]),
};

const foldersOf = (splits: Splits) =>
  Object.fromEntries([...splits.keys()].map((split) => [split, [`images/${split}`]] as const));

function listsOf(placed: readonly Placed<ConvertSample>[], splits: Splits, path: (split: string) => string) {
  const stems = new Map(placed.map(({ sample, stem }) => [sample.id, stem]));
  return [...splits].map(([split, ids]) => [path(split), ids.map((id) => `${stems.get(id)}\n`).join('')] as const);
}

/** Whole pixels, as the toolbox writes and reads them; a label is one word. */
function bbGtOf({ box, visible, label, ignore, occlusion }: Annotation) {
  const pixels = (of: Annotation['box']) => {
    const [left, top, width, height] = pixelsOfBox(of).map(Math.round);
    return [left ?? 0, top ?? 0, width ?? 0, height ?? 0] as const;
  };
  return {
    label: label.trim().replace(/\s+/g, '_').replace(/^%/, '_') || '_',
    pos: pixels(box),
    posv: visible ? pixels(visible) : ([0, 0, 0, 0] as const),
    occluded: occlusion === 'partial' || occlusion === 'heavy',
    ignore: ignore !== undefined,
    angle: 0,
  };
}
