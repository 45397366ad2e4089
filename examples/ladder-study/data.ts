/** What is learned from, and what is held out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sample, scenes } from 'pyramidion/data';
import { caltechProtocols, type Protocol, plainProtocol, scaledProtocol } from 'pyramidion/evaluate';
import { pennFudan } from 'pyramidion/node';
import { type Size, scenesBudget, scenesSize } from './settings.ts';

export interface StudyData {
  readonly size: Size;
  readonly learn: readonly Sample[];
  readonly held: readonly Sample[];
  /** One crowded sequence, as the study validated on; absent for photographs. */
  readonly crowd?: readonly Sample[];
  readonly protocol: Protocol;
}

const [height, width] = scenesSize;
const street = {
  size: scenesSize,
  heights: [94, 375] as const, // of 480 rows: 50 to 200 of 256
  people: [1, 7] as const,
};
const columns = Math.round((480 * width) / height);

/** Caltech's Reasonable for frames that are as wide as ours. */
const reasonable = scaledProtocol(
  { ...caltechProtocols[0], bounds: [5, 5, 475, columns - 5] },
  { from: [480, columns], to: scenesSize },
);

/** Other streets to learn from for each seed; the held-out ones, streets of their own, are the same for all. */
export const scenesData = (seed: number, frames: number = scenesBudget.frames): StudyData => ({
  size: scenesSize,
  learn: scenes({ ...street, seed, sequences: frames, framesPerSequence: 1, secondsPerFrame: 2 }),
  held: scenes({ ...street, seed: 0, first: 100_000, sequences: 200, framesPerSequence: 1, secondsPerFrame: 2 }),
  // 69 frames of one street, as set02/V001 121 to 189
  crowd: scenes({ ...street, seed: 0, first: 200_000, sequences: 1, framesPerSequence: 69, people: [10, 14] }),
  protocol: reasonable,
});

/** Each image with the objects of another, far away in the list: nothing can be learned then, and nothing should be. */
export const shuffled = (samples: readonly Sample[]): Sample[] =>
  samples.map(({ id, width, height, image }, i) => ({
    id,
    width,
    height,
    image,
    objects: samples[(i + Math.floor(samples.length / 2)) % samples.length]?.objects ?? [],
  }));

/** The Penn-Fudan photographs by the names of a split: `{ "train": [...], "test": [...] }`. */
export async function photographsData(folder: string, size: Size): Promise<StudyData> {
  const { train, test }: { train: string[]; test: string[] } = JSON.parse(
    readFileSync(join(folder, 'split.json'), 'utf8'),
  );
  const [learn, held] = [await pennFudan(folder, { only: train }), await pennFudan(folder, { only: test })];
  return { size, learn: learn.samples, held: held.samples, protocol: plainProtocol };
}
