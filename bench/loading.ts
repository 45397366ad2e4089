import { cpus } from 'node:os';
import { efficientDetLite0, peopleRecipe, train } from 'pyramidion';
import { augment, baselineAugmentation, jitterAugmentation, type Sample, ssdAugmentation } from 'pyramidion/data';
import { useBackend } from 'pyramidion/engine';
import { pennFudan } from 'pyramidion/node';

const folder = new URL('../../shared/data/penn-fudan', import.meta.url).pathname;
/** Steps of a run that are timed; the two before them compile and start workers. */
const timed = 10;
const most = 0.05; // of the time may be spent waiting

interface Share {
  /** Milliseconds of a step. */
  readonly step: number;
  /** Milliseconds of it that the run waits for images. */
  readonly waited: number;
}

/** Steps of recipe C (batch 4, 320) on photographs. */
async function steps(data: readonly Sample[], workers: number): Promise<Share> {
  const { batch } = peopleRecipe;
  const at: { readonly spent: number; readonly waited: number }[] = [];
  const model = efficientDetLite0({ labels: ['person'] });
  await train(model, {
    data: data.slice(0, batch * (timed + 2)),
    recipe: { ...peopleRecipe, epochs: 1 },
    workers,
    onReport: (report) => {
      if (report.kind !== 'step') return;
      const spent = (1000 * batch * report.step) / report.imagesPerSecond;
      at.push({ spent, waited: report.waiting * spent });
    },
  });
  const [first, last] = [at[1], at.at(-1)];
  if (first === undefined || last === undefined) throw new Error('loading: the run took no steps');
  return { step: (last.spent - first.spent) / timed, waited: (last.waited - first.waited) / timed };
}

/** Milliseconds for one photograph, the least of some rounds: read, and drawn by some augmentations. */
async function parts(data: readonly Sample[]) {
  const photographs = await Promise.all(
    data.slice(0, 8).map(async ({ image, objects }) => ({ image: await image(), objects })),
  );
  const least = async (work: (i: number) => unknown) => {
    let fastest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 60; round++) {
      const start = performance.now();
      await work(round);
      if (round >= 10) fastest = Math.min(fastest, performance.now() - start);
    }
    return fastest;
  };
  console.log(`read: ${(await least((i) => data[i % 8]?.image())).toFixed(1)} ms`);
  const mixed = [{ name: 'mosaic' }, { name: 'mixup', probability: 1 }] as const;
  const each = {
    'recipe C': jitterAugmentation,
    baseline: baselineAugmentation,
    ssd: ssdAugmentation,
    'mosaic, mixup': mixed,
    blur: [{ name: 'blur', probability: 1, sigma: [2, 2] }],
  } as const;
  for (const [name, list] of Object.entries(each)) {
    const time = await least((i) => {
      const photograph = photographs[i % 8];
      if (photograph === undefined) return;
      const { image, objects } = photograph;
      let key = 0;
      const random = () => ((i * 7919 + key++ * 104729) % 1009) / 1009;
      augment(image, objects, { size: [320, 320], steps: list, random, method: 'bilinear', others: photographs });
    });
    console.log(`drawn by ${name}: ${time.toFixed(1)} ms`);
  }
}

/** The share of recipe C's time that is spent waiting for images, with workers and without. */
export async function run(): Promise<{ ratio: number }> {
  const { samples } = await pennFudan(folder);
  console.log(`${cpus().length} cores of ${cpus()[0]?.model}, Node ${process.versions.node}`);
  await parts(samples);
  await useBackend('wasm');
  const shares = new Map<number, Share[]>([
    [0, []],
    [1, []],
  ]);
  for (let round = 0; round < 2; round++) for (const [workers, of] of shares) of.push(await steps(samples, workers));
  let ratio = Number.NaN;
  for (const [workers, of] of shares) {
    const [best] = [...of].sort((a, b) => a.step - b.step);
    if (best === undefined) continue;
    const share = Math.max(...of.map(({ step, waited }) => waited / step));
    console.log(
      `${workers} workers: ${best.step.toFixed(0)} ms a step at best, ${best.waited.toFixed(1)} ms of it waiting; ${(100 * share).toFixed(2)} % at worst`,
    );
    ratio = share / most; // the last is with workers
  }
  console.log(`loading ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
