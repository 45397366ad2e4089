import { existsSync, readFileSync } from 'node:fs';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';

const file = new URL('../../../shared/data/parity/coco.json', import.meta.url);

/** Whether the reference values of `cocoGolden` are there. */
export const cocoIsThere: boolean = existsSync(file);

/** The numbers of an entry of the file, however deep. */
export type Nested = number | readonly Nested[];

export interface CocoGolden {
  readonly images: readonly { readonly id: number; readonly width: number; readonly height: number }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly (readonly number[])[];
  readonly detections: readonly (readonly number[])[];
  readonly coco: Readonly<Record<string, Nested>>;
  readonly voc: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

export function cocoGolden(): CocoGolden {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * The images of the reference values; crowds are ignored. The file lists detections in no order of images; by `file`,
 * those of one score stand in its order, each a billionth below the one before it.
 */
export function imagesOf(golden: CocoGolden, ties: 'images' | 'file' = 'images'): EvaluatedImage[] {
  const { images, categories, annotations } = golden;
  const apart = ties === 'file' ? 1e-9 : 0;
  const detections = golden.detections.map((row, i) => [...row.slice(0, 6), (row[6] ?? 0) - i * apart]);
  const label = (id: number) => categories.find((category) => category.id === id)?.name ?? '';
  const box = ([x = 0, y = 0, w = 0, h = 0]: readonly number[]) => [y, x, y + h, x + w] as const;
  return images.map(({ id, width, height }) => ({
    size: [height, width],
    truths: annotations
      .filter(([, image]) => image === id)
      .map(([, , category = 0, x = 0, y = 0, w = 0, h = 0, area = 0, crowd]) => ({
        box: box([x, y, w, h]),
        label: label(category),
        area,
        ...(crowd === 1 ? { ignore: 'a crowd', crowd: true as const } : {}),
      })),
    detections: detections
      .filter(([image]) => image === id)
      .map(([, category = 0, x = 0, y = 0, w = 0, h = 0, score = 0]) => ({
        box: box([x, y, w, h]),
        label: label(category),
        score,
      })),
  }));
}
