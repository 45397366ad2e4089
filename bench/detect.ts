import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, detect, effdetPostprocess } from 'pyramidion';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { encodeJpeg, pennFudan, readImage, writeFileAtomic } from 'pyramidion/node';
import { leastAndMedian, pennFudanFolder, peopleDetector, street, torchAtHand } from './peopleTorch.ts';

const rounds = 40;
const options = { ...effdetPostprocess, candidates: 1000, scoreAbove: 0.01, fit: { method: 'bilinear' } } as const;

/** A photograph's file to boxes, beside PyTorch's chain of PIL, effdet and torchvision; one thread each, in turn. */
export async function run(): Promise<{ ratio: number }> {
  const torch = torchAtHand('detect');
  if (torch === undefined) return { ratio: Number.NaN };
  const folder = mkdtempSync(join(tmpdir(), 'pyramidion-detect-'));
  try {
    await useBackend('wasm');
    const engine = await wasmEngine({ threads: 1 });
    const model = await peopleDetector();
    const fast = compile(model, { target: engine });
    const small = join(folder, 'small.jpg');
    const { samples } = await pennFudan(pennFudanFolder, { only: ['FudanPed00001'] });
    const picture = await samples[0]?.image();
    if (picture) await writeFileAtomic(small, await encodeJpeg(picture));
    const version = (await torch.ask(`detect ${small}`)).torch;
    console.log(
      `${cpus()[0]?.model}, Node ${process.versions.node}, PyTorch ${version}, our engine ${engine.build}, 320x320, one thread, ${rounds} rounds interleaved, least`,
    );
    const ratios: number[] = [];
    for (const file of [small, street]) {
      const { width, height } = await readImage(file);
      const name = `${width}x${height}`;
      const [mine, theirs, parts]: [number[], number[], { [part: string]: number }[]] = [[], [], []];
      for (let round = -3; round < rounds; round++) {
        const start = performance.now();
        const found = await detect(model, file, { ...options, run: fast });
        const time = performance.now() - start;
        const other = await torch.ask(`detect ${file}`);
        if (round === 0) compare(name, found, other.found ?? []);
        if (round < 0) continue; // they warm up
        mine.push(time);
        theirs.push(other.milliseconds);
        parts.push(other.parts ?? {});
      }
      const [own, other] = [leastAndMedian(mine), leastAndMedian(theirs)];
      const ratio = own.least / other.least;
      ratios.push(ratio);
      const part = (key: string) => leastAndMedian(parts.map((one) => one[key] ?? Number.NaN)).least.toFixed(0);
      console.log(
        `${name}: ours ${own.least.toFixed(1)} ms, median ${own.median.toFixed(1)}; PyTorch ${other.least.toFixed(1)} ms, median ${other.median.toFixed(1)} ` +
          `(reading ${part('read')}, network ${part('network')}, boxes ${part('boxes')}); ratio ${ratio.toFixed(2)}`,
      );
    }
    const ratio = Math.max(...ratios);
    console.log(`detect ratio=${ratio.toFixed(2)}`);
    return { ratio };
  } finally {
    torch.end();
    rmSync(folder, { recursive: true });
  }
}

type Found = readonly {
  readonly box: readonly [number, number, number, number];
  readonly score: number;
}[];

/** Says how far both agree, of what scores above a half. @throws Error where another number of people is found */
function compare(name: string, ours: Found, theirs: readonly (readonly number[])[]): void {
  const [mine, other] = [ours.filter(({ score }) => score > 0.5), theirs.filter(([, , , , score = 0]) => score > 0.5)];
  const apart = mine.map(({ box: [y1, x1, y2, x2] }, i) =>
    Math.max(...[x1, y1, x2, y2].map((side, k) => Math.abs(side - (other[i]?.[k] ?? Number.NaN)))),
  );
  if (mine.length !== other.length)
    throw new Error(`detect: ${name}: ${mine.length} people above .5, but PyTorch finds ${other.length}`);
  console.log(`${name}: both find ${mine.length} people above .5, ${Math.max(0, ...apart).toFixed(1)} pixels apart`);
}
