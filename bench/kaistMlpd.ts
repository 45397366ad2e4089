import { existsSync, readFileSync } from 'node:fs';
import { readKaistJson } from '../src/data/formats/kaistJson.ts';
import type { EvaluatedImage } from '../src/evaluate/evaluatedImage.ts';

const folder = new URL('../../shared/data/kaist/', import.meta.url);

export const kaistAnnotationFile = new URL('KAIST_annotation.json', folder);
export const kaistResultFile = new URL('MLPD_result.txt', folder);

/** Whether the files of `kaistMlpd` are there. */
export const kaistIsThere: boolean = existsSync(kaistAnnotationFile) && existsSync(kaistResultFile);

/** The 2,252 frames of KAIST's improved test set, and what the detector MLPD found in them. */
export function kaistMlpd(
  results: string = readFileSync(kaistResultFile, 'utf8'),
  truths: string = readFileSync(kaistAnnotationFile, 'utf8'),
): readonly EvaluatedImage[] {
  const records = readKaistJson(truths);
  const images = records.map(({ id, objects }) => ({
    id,
    truths: objects,
    detections: [] as EvaluatedImage['detections'][number][],
  }));
  const numbers = JSON.parse(`[${results.trim().replaceAll('\n', ',')}]`) as readonly number[]; // six a line
  for (let i = 0; i < numbers.length; i += 6) {
    const [frame = 0, x = 0, y = 0, width = 0, height = 0, score = 0] = numbers.slice(i, i + 6);
    images[frame - 1]?.detections.push({ box: [y, x, y + height, x + width], score, label: 'person' });
  }
  return images;
}
