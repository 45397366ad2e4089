import { existsSync, readFileSync } from 'node:fs';
import { readMat } from '../src/data/mat.ts';
import { matCells, matNumbers, matVariable } from '../src/data/matValue.ts';
import type { EvaluatedImage } from '../src/evaluate/matching.ts';

const folder = new URL('../../shared/data/caltech/', import.meta.url);

/** Whether the files of `acfCaltech` are there. */
export const acfCaltechIsThere: boolean = existsSync(folder);

/** The 4,024 frames of Caltech's test set as the benchmark filtered them, for `plainProtocol`, and what the detector ACF-Caltech found. */
export async function acfCaltech(): Promise<EvaluatedImage[]> {
  const [truths, detections] = await Promise.all([
    rowsOf('gt-Reasonable.mat', 'gt'),
    rowsOf('dt-ACF-Caltech.mat', 'dt'),
  ]);
  return truths.map((rows, i) => ({
    truths: rows.map((row) => ({ box: boxOf(row), label: 'person', ...(row[4] === 1 ? { ignore: 'source' } : {}) })),
    detections: (detections[i] ?? []).map((row) => ({
      box: boxOf(row),
      score: row[4] ?? Number.NaN,
      label: 'person',
    })),
  }));
}

/** The rows of each image: [x, y, w, h, score or ignore]. */
async function rowsOf(file: string, variable: string): Promise<number[][][]> {
  const variables = await readMat(new Uint8Array(readFileSync(new URL(file, folder))));
  return matCells(matVariable(variables, variable, file), file).map((cell) => {
    const values = matNumbers(cell, file);
    const count = values.length / 5; // MATLAB's order: column by column
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: 5 }, (_, k) => values[k * count + i] ?? Number.NaN),
    );
  });
}

const boxOf = ([x = 0, y = 0, w = 0, h = 0]: readonly number[]) => [y, x, y + h, x + w] as const;
