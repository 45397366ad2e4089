/** A box: `[y1, x1, y2, x2]` in pixels, corners on pixel edges, so that its width is `x2 - x1`. */
export type Box = readonly [y1: number, x1: number, y2: number, x2: number];

/** An object that somebody marked in an image. */
export interface Annotation {
  /** Where it is, pixels of the image. */
  readonly box: Box;
  /** The part of the box that can be seen; absent when the source says nothing, which means all of it. */
  readonly visible?: Box;
  /** The source's own word for it: `person`, `people`, `cyclist`. */
  readonly label: string;
  /** Why it is neither to be found nor to be punished; absent for an object that counts. */
  readonly ignore?: string;
  /** How much of it is hidden, as the source says; absent when it says nothing. */
  readonly occlusion?: 'none' | 'partial' | 'heavy';
  /** The same object has the same number in every frame of its sequence. */
  readonly track?: number;
  /** Further words that the source says of it, as they stand there: `occluded>40`, `sitting-lying`, `pose=Left`. */
  readonly tags?: readonly string[];
  /** Pixels of it, where the source counted them, as COCO does by its outline; absent means the area of the box. */
  readonly area?: number;
  /** The box holds many objects that nobody marked apart, COCO's `iscrowd`; such a box has an `ignore` reason too. */
  readonly crowd?: true;
}

/** What a detector says of an image. */
export interface Detection {
  /** Where, pixels of the image it was given. */
  readonly box: Box;
  /** How sure, 0 to 1 for a softmax or a sigmoid. */
  readonly score: number;
  /** What: the class's name. */
  readonly label: string;
}
