// npm run soak -- [kills] [seed]: kills runs at random moments (SIGKILL), 50 times unless told, goes on with them, and fails
// where one leaves other bits, files or lines of its log than an unbroken one.
// npm run soak -- --steps 1000: trains in one process and fails where tensors or bytes of the engine grow, or memory does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const { values, positionals } = parseArgs({ options: { steps: { type: 'string' } }, allowPositionals: true });
if (values.steps === undefined) await kill(...positionals.map(Number));
else await watch(Number(values.steps));

async function kill(kills = 50, seed = Math.floor(Math.random() * 1e9)) {
  if (!(Number.isInteger(kills) && kills > 0 && Number.isInteger(seed)))
    throw new RangeError('soak: give how often to kill, and a seed, as whole numbers');
  const { leftIn, runKilled } = await import('../test/node/killing.ts');
  const { keyedRandom } = await import('../src/core/random.ts');
  console.log(`${kills} kills, seed ${seed}`);
  const home = mkdtempSync(join(tmpdir(), 'pyramidion-soak-'));
  const [random, start] = [keyedRandom('soak', seed), performance.now()];
  let [done, failed] = [0, 0];
  for (let round = 0; done < kills; round++) {
    const recipe = ['averages', 'plateau', 'parts'][round % 3];
    const run = { recipe, seed: seed + round, steps: 90 };
    const [whole, broken] = ['whole', 'broken'].map((name) => join(home, `${name}${round}`));
    await runKilled({ ...run, folder: whole }, { kills: 0, random });
    const killed = [];
    done += await runKilled(
      { ...run, folder: broken },
      {
        kills: kills - done,
        random,
        onKill: (after) => {
          killed.push(after);
          if (process.stderr.isTTY) process.stderr.write(`\r${done + killed.length} of ${kills} kills`);
        },
      },
    );
    const [left, expected] = [leftIn(broken), leftIn(whole)];
    const names = [...new Set([...Object.keys(left), ...Object.keys(expected)])];
    const differing = names.filter((name) => !isDeepStrictEqual(left[name], expected[name]));
    if (differing.length > 0) failed++;
    const verdict = differing.length > 0 ? `DIFFERS in ${differing}, see ${broken}` : 'the same to the bit';
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(`${recipe}: ${killed.length} kills, after ${killed.join(', ')} reports: ${verdict}`);
  }
  if (failed === 0) rmSync(home, { recursive: true });
  console.log(`${done} kills, ${failed} runs that differ, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function watch(steps) {
  if (!(Number.isInteger(steps) && steps >= 20))
    throw new RangeError(`soak: --steps is ${steps}; it must be 20 or more`);
  await import('@tensorflow/tfjs-layers');
  const { memory } = await import('@tensorflow/tfjs-core');
  const { useBackend } = await import('../src/tfjs/backend.ts');
  const { sharedEngine } = await import('../src/engine/sharedEngine.ts');
  const { train } = await import('../src/train/train.ts');
  const { recipe, samples, toy } = await import('../test/train/toy.ts');
  await useBackend('wasm');
  const engine = await sharedEngine();
  const rows = [];
  const every = Math.floor(steps / 10);
  await train(toy(), {
    data: samples,
    recipe: { ...recipe, epochs: Math.ceil(steps / 3), ema: {} },
    validation: { data: samples, every: 20 },
    onReport: ({ kind, step }) => {
      if (kind !== 'step' || step % every !== 0) return;
      globalThis.gc?.();
      const row = [step, process.memoryUsage().rss / 1e6, memory().numTensors, engine.memory().used];
      rows.push(row);
      console.log(`step ${row[0]}: RSS ${row[1].toFixed(1)} MB, ${row[2]} tensors, ${row[3]} bytes of the engine`);
    },
  });
  const [first, last] = [rows[1], rows.at(-1)]; // by the second, all plans are made
  const [rss, tensors, bytes] = [1, 2, 3].map((i) => last[i] - first[i]);
  console.log(
    `from step ${first[0]} to ${last[0]}: RSS ${rss.toFixed(1)} MB more, ${tensors} tensors more, ${bytes} bytes of the engine more`,
  );
  if (tensors > 0 || bytes > 0 || rss > 0.05 * first[1]) process.exitCode = 1;
}
