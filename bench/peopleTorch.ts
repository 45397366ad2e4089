import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { efficientDetLite0, loadWeights } from 'pyramidion';
import { pythonWith } from './python.ts';

const shared = fileURLToPath(new URL('../../shared/data/', import.meta.url));
/** Penn-Fudan's photographs, and the detector that the recipe made of them in PyTorch. */
export const pennFudanFolder = `${shared}penn-fudan`;
const trained = `${shared}weights/efficientdet-lite0-penn-fudan.safetensors`;
export const street = `${shared}photos/33823288584_1d21cf0a26_k.jpg`;

/** The detector with these weights, which both sides have. */
export async function peopleDetector() {
  const model = efficientDetLite0({
    labels: ['person'],
    anchors: { ratios: [[1.56, 0.64]] },
    norm: { momentum: 0.9 },
  });
  await loadWeights(model, new Uint8Array(readFileSync(trained)), { variant: 'tensorflow' });
  return model;
}

/** What people-torch.py answers. */
export interface TorchAnswer {
  readonly milliseconds: number;
  readonly torch: string;
  readonly loss?: number;
  /** [x1, y1, x2, y2, score], from the best. */
  readonly found?: readonly (readonly number[])[];
  readonly parts?: { readonly [part: string]: number };
}

/** PyTorch in a process of its own, one thread, that works when it is asked; undefined, having said why, where it cannot. */
export function torchAtHand(bench: string) {
  const missing = [pennFudanFolder, trained, street].find((path) => !existsSync(path));
  const python = pythonWith('torch', 'torchvision', 'effdet', 'safetensors');
  if (missing !== undefined || python === undefined) {
    console.log(
      missing !== undefined
        ? `${bench}: ${missing} is not there`
        : `${bench}: no Python with torch, torchvision, effdet and safetensors; PYTHON names one`,
    );
    return undefined;
  }
  const file = fileURLToPath(new URL('./people-torch.py', import.meta.url));
  const child = spawn(python, [file, pennFudanFolder, trained], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (what: string): Promise<TorchAnswer> => {
    child.stdin.write(`${what}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${bench}: ${python} ended before it answered '${what}'`);
    return JSON.parse(value);
  };
  return { ask, end: () => child.stdin.end() };
}

/** The least and the median. */
export function leastAndMedian(times: readonly number[]): { readonly least: number; readonly median: number } {
  const sorted = times.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}
