import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { pythonWith } from './python.ts';
import { anchors, batch, parameters, prepare, side } from './train-step.ts';

/** Many, so that some of each are undisturbed on a machine that does other things too. */
const rounds = 40;

/** Where a PyTorch of the benches' own may be. */
const own = 'node_modules/.peers';
const install = `python3 -m venv ${own} && ${own}/bin/pip install torch timm`;

/** What torch-step.py says of a step. */
interface TorchStep {
  readonly milliseconds: number;
  readonly loss: number;
  readonly parameters: number;
  readonly anchors: number;
  readonly torch: string;
}

/** A PyTorch in a process of its own, one thread, that takes a step when it is asked. */
function pytorch(python: string) {
  const file = fileURLToPath(new URL('./torch-step.py', import.meta.url));
  const child = spawn(python, [file, `${side}`, `${batch}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const step = async (how: string): Promise<TorchStep> => {
    child.stdin.write(`${how}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`engine-train-torch: ${python} ended before it took a step (${how})`);
    const made: TorchStep = JSON.parse(value);
    if (made.parameters !== parameters() || made.anchors !== anchors)
      throw new Error(
        `engine-train-torch: PyTorch's model has ${made.parameters} numbers and ${made.anchors} anchors, ours ${parameters()} and ${anchors}`,
      );
    return made;
  };
  return { step, end: () => child.stdin.end() };
}

/** The step of `train-step` on our engine beside PyTorch's, one thread each, in turn; with `--compile` torch.compile too, which takes minutes. */
export async function run(): Promise<{ ratio: number }> {
  const python = pythonWith('torch', 'timm');
  if (python === undefined) {
    console.log(
      `engine-train-torch: no Python with torch and timm; '${install}' makes one, PYTHON=${own}/bin/python names it`,
    );
    return { ratio: Number.NaN };
  }
  await useBackend('wasm');
  const torch = pytorch(python);
  try {
    const engine = await wasmEngine({ threads: 1 });
    const ours = prepare(engine);
    const layouts = ['last', 'first', ...(process.argv.includes('--compile') ? ['compiled'] : [])];
    const runs = [
      { name: `our engine, ${engine.build}`, step: ours },
      ...layouts.map((how) => ({ name: names[how] ?? how, step: async () => (await torch.step(how)).milliseconds })),
    ].map((one) => ({ ...one, times: [] as number[] }));
    for (let round = -3; round < rounds; round++)
      for (const { step, times } of runs) {
        const time = await step();
        if (round >= 0) times.push(time); // the first three warm up
      }
    const version = (await torch.step('last')).torch;
    console.log(
      `${cpus()[0]?.model}, Node ${process.versions.node}, PyTorch ${version}, one thread, ${rounds} rounds interleaved`,
    );
    const least = runs.map(({ times }) => Math.min(...times));
    const [mine = Number.NaN, last = Number.NaN, first = Number.NaN] = least;
    for (const [i, { name, times }] of runs.entries()) {
      const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
      const part = i === 0 ? '' : `, ours ${(mine / (least[i] ?? Number.NaN)).toFixed(2)} of it`;
      console.log(`${name.padEnd(34)} ${(least[i] ?? 0).toFixed(0)} ms a step, median ${median.toFixed(0)}${part}`);
    }
    const ratio = mine / Math.min(last, first);
    console.log(`engine-train-torch ratio=${ratio.toFixed(2)}`);
    return { ratio };
  } finally {
    torch.end();
  }
}

const names: { readonly [how: string]: string } = {
  last: 'PyTorch eager, channels last',
  first: 'PyTorch eager, channels first',
  compiled: 'PyTorch torch.compile, channels last',
};
