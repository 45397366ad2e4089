import type { RgbImage } from '../data/image.ts';
import { resize } from '../data/resize.ts';
import { matchImage } from '../evaluate/matching.ts';
import type { Protocol } from '../evaluate/protocol.ts';
import { writeFileAtomic } from '../node/files.ts';
import { encodeJpeg } from '../node/images.ts';
import { draw } from '../picture/draw.ts';
import type { PlayerFrame } from '../picture/playerFrame.ts';
import type { SequenceFrame } from './annotateFrames.ts';
import { counter, type Io, UsageError } from './io.ts';
import type { Looker, LookOptions } from './looking.ts';
import { pictureFiles } from './pictureFiles.ts';

/** How frames are shown. */
export interface Annotating extends LookOptions {
  /** The page, where one is wanted. */
  readonly out?: string;
  /** Scores from this on are drawn. */
  readonly shown: number;
  /** Of the page's frames at most, pixels. */
  readonly width: number;
  /** Of their JPEGs. */
  readonly quality: number;
}

export interface AnnotatingWork {
  readonly io: Io;
  readonly given: Annotating;
  readonly wanted: readonly SequenceFrame[];
  /** By which objects count, where somebody marked them. */
  readonly protocol: Protocol;
  readonly look: Looker['look'];
  /** Names of the model's classes. */
  readonly labels: readonly string[];
  /** Where pictures go. */
  readonly into?: string;
}

/** A frame that was looked at. */
export interface Annotated {
  /** Pixels of the frame as it came. */
  readonly width: number;
  readonly height: number;
  /** Objects that are shown. */
  readonly found: number;
  /** For the page, where one is wanted. */
  readonly frame?: PlayerFrame;
}

/** Looks at one frame after another. @throws UsageError for frames of several sizes in a page; the signal's reason */
export async function annotated(work: AnnotatingWork): Promise<readonly Annotated[]> {
  const { io, given, wanted, into } = work;
  const ids = wanted.map(({ id }) => id);
  const files = into === undefined ? undefined : pictureFiles(into, ids, 'jpg');
  const bar = counter(io, 'frames');
  const done: Annotated[] = [];
  try {
    for (const [i, source] of wanted.entries()) {
      bar.step(i, wanted.length);
      const next = await annotatedFrame(source, files?.get(source.id), work);
      const { width, height } = done[0] ?? next;
      if (given.out !== undefined && (next.width !== width || next.height !== height))
        throw new UsageError(
          `${source.id} is ${next.height}x${next.width} but ${ids[0]} is ${height}x${width}; a page has frames of one size, so give --images alone`,
        );
      done.push(next);
    }
  } finally {
    bar.end();
  }
  return done;
}

async function annotatedFrame(
  source: SequenceFrame,
  file: string | undefined,
  { given, look, labels, protocol }: AnnotatingWork,
): Promise<Annotated> {
  const { picture, width, height, detections } = await look(source, true);
  if (picture === undefined) throw new Error(`${source.id}: nothing was looked at`);
  const { truths = [], id } = source;
  const judged = (found: typeof detections) =>
    source.truths && { matches: matchImage({ truths, detections: found, size: [height, width] }, protocol) };
  const shown = detections.filter(({ score }) => score >= given.shown);
  if (file !== undefined) {
    const marks = judged(shown);
    await writeFileAtomic(file, await encodeJpeg(draw(picture, shown, marks ? { truths, ...marks } : { labels })));
  }
  const seen = { width, height, found: shown.length };
  if (given.out === undefined) return seen;
  const image = await encodeJpeg(noWider(picture, given.width), given.quality);
  return { ...seen, frame: { id, image, truths, detections, ...judged(detections) } };
}

/** The picture, or a smaller copy. */
function noWider({ width, height, data }: RgbImage, most: number): RgbImage {
  if (width <= most) return { width, height, data };
  return resize({ width, height, data }, [Math.max(1, Math.round((height * most) / width)), most]);
}
