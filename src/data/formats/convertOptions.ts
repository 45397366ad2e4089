import type { Sample } from '../sample.ts';

/** A sample whose pixels nobody needs to look at. */
export type ConvertSample = Omit<Sample, 'image'>;

export interface ConvertOptions {
  /** `bbgt` is the text of Piotr's toolbox, `folder` the library's own form. */
  readonly to: 'coco' | 'voc' | 'yolo' | 'bbgt' | 'folder';
  /** Ids by the split's name. Default: all are `train`. */
  readonly splits?: ReadonlyMap<string, readonly string[]>;
  /** Classes in the order of their numbers, for COCO and YOLO. Default: the labels that occur, in alphabetical order. */
  readonly classes?: readonly string[];
  /** What images end in that lie in no file and will be encoded. Default `png`. */
  readonly ending?: 'png' | 'jpg';
}
