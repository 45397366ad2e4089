import '@tensorflow/tfjs-backend-wasm';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, setBackend, version_core as tfjs } from '@tensorflow/tfjs-core';
import {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
} from '../src/backbone/efficientNet.ts';
import { timmTf } from '../src/backbone/variant.ts';
import { type HasParts, weights } from '../src/core/block.ts';
import { dispose } from '../src/core/model.ts';
import {
  efficientDetD0,
  efficientDetD1,
  efficientDetD2,
  efficientDetD3,
  efficientDetD4,
} from '../src/model/efficientDetSizes.ts';
import { weightLoader } from '../src/weights/load.ts';
import { timm } from '../src/weights/names/timm.ts';
import { saveWeights } from '../src/weights/save.ts';
import { pythonWith, runPython } from './python.ts';

const rounds = 9;
/** What a build may take, milliseconds; a load beside PyTorch's; the peak of memory beside the file. */
const allowed = { build: 100, ratio: 3, peak: 2.2 };

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const make = () => efficientNetB4({ classes: 1000, variant: timmTf });
const loadWeights = weightLoader({ names: [timm] });

const writer = `
import sys, json, timm, torch
from safetensors.torch import save_file
model = timm.create_model('tf_efficientnet_b4').eval()
with torch.no_grad():
    for value in model.state_dict().values():
        if value.is_floating_point(): value.copy_(torch.rand_like(value))
save_file(model.state_dict(), sys.argv[1])
print(json.dumps({'sum': sum(float(v.double().sum()) for v in model.state_dict().values() if v.is_floating_point())}))
`;
const reader = `
import sys, json, time, statistics, timm, torch, safetensors
from safetensors.torch import load_file
times = []
for _ in range(${rounds}):
    model = timm.create_model('tf_efficientnet_b4')
    start = time.perf_counter()
    model.load_state_dict(load_file(sys.argv[1]))
    times.append(time.perf_counter() - start)
print(json.dumps({'seconds': times, 'version': f'PyTorch {torch.__version__}, safetensors {safetensors.__version__}, timm {timm.__version__}'}))
`;

/** From the file, part by part, or from its bytes in memory, which are read first. */
type From = 'file' | 'bytes';

/** Gives each weight its numbers, up to the last byte in the backend; milliseconds. */
async function load(file: string, from: From) {
  const model = make();
  const start = performance.now();
  if (from === 'bytes') await loadWeights(model, await readFile(file));
  else {
    const handle = await open(file);
    const readInto = async (offset: number, into: Uint8Array) => {
      const { bytesRead } = await handle.read(into, 0, into.length, offset);
      if (bytesRead !== into.length) throw new Error(`${file}: ${bytesRead} of ${into.length} bytes at ${offset}`);
    };
    await loadWeights(model, { name: file, size: (await handle.stat()).size, readInto });
    await handle.close();
  }
  for (const weight of weights(model).values()) weight.read();
  return { model, milliseconds: performance.now() - start };
}

const asked = 'LOAD_WEIGHTS_PEAK';

/** How much more memory a process of its own held at most while it loaded, as a share of the file; undefined where it cannot be asked. */
function peakOf(file: string, from: From): number | undefined {
  const args = [...process.execArgv, ...process.argv.slice(1)];
  const { stdout } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, [asked]: `${from} ${file}` },
  });
  const peak = Number(/^peak (\S+)$/m.exec(stdout)?.[1]);
  return Number.isFinite(peak) ? peak : undefined;
}

async function measurePeak(question: string): Promise<void> {
  const [, from = '', file = ''] = /^(\w+) (.*)$/.exec(question) ?? [];
  const status = (field: string) =>
    1024 * Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  make(); // what a program takes to build a model is not what a load takes
  writeFileSync('/proc/self/clear_refs', '5'); // Linux: the peak begins anew
  const before = status('VmRSS');
  await load(file, from === 'bytes' ? 'bytes' : 'file');
  console.log(`peak ${(status('VmHWM') - before) / statSync(file).size}`);
}

function buildTimes(): number {
  const factories = {
    ...{ efficientNetB0, efficientNetB1, efficientNetB2, efficientNetB3 },
    ...{ efficientNetB4, efficientNetB5, efficientNetB6, efficientNetB7 },
    ...{ efficientDetD0, efficientDetD1, efficientDetD2, efficientDetD3, efficientDetD4 },
  };
  const bytes = memory().numBytes;
  const times = Object.entries(factories).map(([name, factory]) => {
    const once = () => {
      const start = performance.now();
      factory({ classes: 90 });
      return performance.now() - start;
    };
    const first = once();
    const time = median([once(), once(), once(), once(), once()]);
    console.log(`${name} built in ${time.toFixed(1)} ms, at first ${first.toFixed(1)} ms`);
    return Math.max(first, time);
  });
  if (memory().numBytes !== bytes) throw new Error(`load-weights: building made ${memory().numBytes - bytes} bytes`);
  console.log(`the longest ${Math.max(...times).toFixed(1)} ms of ${allowed.build}; no bytes were made`);
  return Math.max(...times);
}

function checkSum(model: HasParts, expected: number): void {
  let sum = 0;
  for (const weight of weights(model).values()) for (const value of weight.read().dataSync()) sum += value;
  if (!(Math.abs(sum / expected - 1) < 1e-9))
    throw new Error(`load-weights: the numbers add up to ${sum}, not to ${expected}`);
}

/** How long the weights of EfficientNet-B4 take from a safetensors file of timm into a model, beside PyTorch in the same run. */
export async function run(): Promise<{ ratio: number }> {
  await setBackend('wasm');
  const question = process.env[asked];
  if (question !== undefined) {
    await measurePeak(question);
    return { ratio: Number.NaN };
  }
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs} wasm, one thread`);
  const longest = buildTimes();
  const folder = mkdtempSync(join(tmpdir(), 'load-weights-'));
  const file = join(folder, 'b4.safetensors');
  try {
    const python = pythonWith('torch', 'timm', 'safetensors.torch');
    const written = python && (runPython(python, writer, [file]) as { readonly sum: number });
    if (python === undefined) writeFileSync(file, await saveWeights(make(), { names: timm }));
    const froms = ['file', 'bytes'] as const;
    const peaks = froms.map((from) => peakOf(file, from));
    const times = { file: [] as number[], bytes: [] as number[] };
    for (let round = 0; round < rounds; round++)
      for (const from of froms) {
        const { model, milliseconds } = await load(file, from);
        times[from].push(milliseconds);
        if (round === 0 && written) checkSum(model, written.sum);
        dispose(model);
      }
    console.log(
      `EfficientNet-B4, ${(statSync(file).size / 1e6).toFixed(1)} MB, median of ${rounds}, and the most memory beside the file's bytes:`,
    );
    for (const [i, from] of froms.entries())
      console.log(
        `from its ${from} ${median(times[from]).toFixed(0)} ms, ${peaks[i]?.toFixed(2) ?? 'unknown'} of ${allowed.peak}`,
      );
    const ours = median(times.file);
    if (python === undefined) {
      console.log('load-weights: no Python with torch, timm and safetensors; set PYTHON to one. Nothing was compared');
      return { ratio: Number.NaN };
    }
    const theirs = runPython(python, reader, [file]) as {
      readonly seconds: readonly number[];
      readonly version: string;
    };
    const other = 1000 * median(theirs.seconds);
    console.log(
      `${theirs.version}: load_file and load_state_dict ${other.toFixed(0)} ms (median of ${rounds}), one thread`,
    );
    const ratio = ours / other; // both from the file
    console.log(`from its bytes, reading them included, ratio=${(median(times.bytes) / other).toFixed(2)}`);
    const met = ratio <= allowed.ratio && peaks.every((peak = 0) => peak < allowed.peak) && longest < allowed.build;
    console.log(met ? 'every limit is met' : 'A LIMIT IS NOT MET');
    console.log(`load-weights ratio=${ratio.toFixed(2)}`);
    return { ratio };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
