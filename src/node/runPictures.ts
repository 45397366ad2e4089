import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resize } from '../data/resize.ts';
import type { Sample } from '../data/sample.ts';
import { draw } from '../picture/draw.ts';
import type { ShownImage } from '../train/report.ts';
import { writeFileAtomic } from './files.ts';
import { decodeImage, encodeJpeg } from './images.ts';

/** Rows or columns of a picture in a page, at most. */
const most = 480;

/** Held-out images as small files, which lie in a folder, so that a page can be written without the data. */
export interface RunPictures {
  /** JPEG files by id, of those that are there. */
  readonly files: (ids: readonly string[]) => Promise<Map<string, Uint8Array>>;
  /** An image with what was found in it. */
  readonly drawn: (shown: ShownImage) => Promise<{ file: Uint8Array; size: readonly [number, number] } | undefined>;
}

/** @param samples of which new ones are decoded; none: only what lies in the folder */
export function runPictures(folder: string, samples: readonly Sample[] = []): RunPictures {
  const kept = new Map<string, Uint8Array>();
  const file = async (id: string): Promise<Uint8Array | undefined> => {
    const path = join(folder, `${encodeURIComponent(id)}.jpg`);
    const own = kept.get(id) ?? (await readFile(path).catch(() => undefined)) ?? (await made(id, path, samples));
    if (own) kept.set(id, own);
    return own;
  };
  return {
    files: async (ids) => {
      const found = new Map<string, Uint8Array>();
      for (const id of ids) {
        const own = await file(id);
        if (own) found.set(id, own);
      }
      return found;
    },
    drawn: async ({ id, size: [height, width], truths, detections }) => {
      const own = await file(id);
      if (own === undefined) return undefined;
      const image = await decodeImage(own);
      const [y, x] = [image.height / height, image.width / width];
      const scaled = <T extends { readonly box: readonly [number, number, number, number] }>(list: readonly T[]) =>
        list.map((one) => ({ ...one, box: [one.box[0] * y, one.box[1] * x, one.box[2] * y, one.box[3] * x] as const }));
      const found = detections.filter(({ score }) => score >= 0.3);
      const picture = draw(image, scaled(found), { truths: scaled(truths) });
      return { file: await encodeJpeg(picture), size: [image.height, image.width] };
    },
  };
}

async function made(id: string, path: string, samples: readonly Sample[]): Promise<Uint8Array | undefined> {
  const sample = samples.find((one) => one.id === id);
  if (sample === undefined) return undefined;
  const image = await sample.image();
  const shrink = Math.min(1, most / Math.max(image.height, image.width));
  const size = [Math.max(1, Math.round(image.height * shrink)), Math.max(1, Math.round(image.width * shrink))] as const;
  const file = await encodeJpeg(shrink < 1 ? resize(image, size) : image, 85);
  await writeFileAtomic(path, file);
  return file;
}
