/** What kind of street scenes are wanted. */
export interface ScenesOptions {
  readonly seed: number | string;
  /** Height and width of the images, pixels. */
  readonly size: readonly [height: number, width: number];
  /** How many sequences, and how many frames of each. */
  readonly sequences: number;
  readonly framesPerSequence: number;
  /** Number of the first sequence: scenes of other numbers are other streets, for a set that is held out. Default 0. */
  readonly first?: number;
  /** Time from frame to frame. Default .4. */
  readonly secondsPerFrame?: number;
  /** The fewest and the most people of a sequence, companions aside. Default [0, 7]. */
  readonly people?: readonly [fewest: number, most: number];
  /**
   * The lowest and the greatest height of people, pixels of an image of 480 rows; it goes with the size of the image.
   * Smaller ones are labelled `person?`. Default [50, 200].
   */
  readonly heights?: readonly [low: number, high: number];
  /** Cyclists: labelled `ignore`, labelled `cyclist`, or none at all. Default `ignore`. */
  readonly cyclists?: 'ignore' | 'label' | 'none';
}

export type SceneSettings = Required<ScenesOptions>;

const defaults = { first: 0, secondsPerFrame: 0.4, people: [0, 7], heights: [50, 200], cyclists: 'ignore' } as const;

/** @throws RangeError for a value that cannot be; TypeError for another kind of cyclists */
export function sceneSettings(options: ScenesOptions): SceneSettings {
  const settings: SceneSettings = { ...defaults, ...options };
  const { size, sequences, framesPerSequence, first, secondsPerFrame, people, heights, cyclists } = settings;
  const [height, width] = size;
  if (
    !(Number.isInteger(height) && Number.isInteger(width) && height >= 32 && width >= 32 && height * width <= 2 ** 24)
  )
    throw new RangeError(`scenes: size is [${size.join(', ')}]; both sides must be 32 or more, 2^24 pixels at most`);
  whole('sequences', sequences, 0, 99_999);
  whole('framesPerSequence', framesPerSequence, 1, 99_999);
  whole('first', first, 0, 2 ** 30);
  if (!(secondsPerFrame >= 0 && secondsPerFrame <= 60))
    throw new RangeError(`scenes: secondsPerFrame is ${secondsPerFrame}; it must be 0 to 60`);
  const [fewest, most] = people;
  whole('people[0]', fewest, 0, 60);
  whole('people[1]', most, fewest, 60);
  const [low, high] = heights;
  if (!(low >= 8 && high > low && high <= 440))
    throw new RangeError(`scenes: heights is [${heights.join(', ')}]; it must rise, from 8 to 440`);
  if (cyclists !== 'ignore' && cyclists !== 'label' && cyclists !== 'none')
    throw new TypeError(`scenes: cyclists is ${JSON.stringify(cyclists)}; it must be 'ignore', 'label' or 'none'`);
  return settings;
}

function whole(name: string, value: number, low: number, high: number): void {
  if (!(Number.isInteger(value) && value >= low && value <= high))
    throw new RangeError(`scenes: ${name} is ${value}; it must be a whole number from ${low} to ${high}`);
}
