/**
 * Trains a detector on painted streets with the engine in a worker, in a tab: the page stays responsive. `?steps=20` ends the run
 * by itself; `?engine=page` runs the engine in the page, to see what the worker is good for.
 */
import {
  baselineAnchors,
  bifpn,
  type Detection,
  detect,
  detector,
  draw,
  efficientNet,
  type Recipe,
  ssdHead,
  train,
} from 'pyramidion';
import { imageCache, scenes } from 'pyramidion/data';
import { useBackend, wasmEngine, workerEngine } from 'pyramidion/engine';

const element = (id: string) => document.getElementById(id) ?? document.body;
const say = (id: string, line: string) => element(id).replaceChildren(line);
const asked = new URLSearchParams(location.search);
const most = Number(asked.get('steps') ?? 2000);
const size = [256, 256] as const;
/** So short a run wants statistics that follow soon. */
const norm = { momentum: 0.9 };

/** Frames that the page has drawn, and the longest time between two of them, milliseconds. */
const frames = { count: 0, longest: 0, last: performance.now() };
function turn(now: number): void {
  frames.longest = Math.max(frames.longest, now - frames.last);
  frames.last = now;
  frames.count++;
  element('clock').style.transform = `rotate(${Math.round(now / 3) % 360}deg)`;
  requestAnimationFrame(turn);
}

function show(id: string, ...parts: readonly (Element | string)[]): void {
  const svg = (part: string) => new DOMParser().parseFromString(part, 'image/svg+xml').documentElement;
  element(id).replaceChildren(...parts.map((part) => (typeof part === 'string' ? svg(part) : part)));
}

/** Losses as a line, thin, and their running mean, thick, on a logarithmic axis. */
function curve(losses: readonly number[]): string {
  const [width, height] = [480, 480];
  const [low, high] = [Math.min(...losses) * 0.9, Math.max(...losses) * 1.1];
  const x = (i: number) => 40 + (i / Math.max(1, losses.length - 1)) * (width - 50);
  const y = (loss: number) => 10 + (Math.log(high / loss) / Math.log(high / low)) * (height - 40);
  const line = (of: readonly number[]) => of.map((loss, i) => `${x(i).toFixed(1)},${y(loss).toFixed(1)}`).join(' ');
  let mean = losses[0] ?? 0;
  const means = losses.map((loss, i) => {
    mean += Math.max(0.1, 1 / (i + 1)) * (loss - mean);
    return mean;
  });
  const marks = [0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50].filter((mark) => mark > low && mark < high);
  const mark = (loss: number) =>
    `<path d="M40 ${y(loss)}H${width - 10}" stroke="#ddd"/><text x="34" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#555">
    ${marks.map(mark).join('')}<text x="${width - 10}" y="${height - 8}" text-anchor="end">step ${losses.length}</text>
    <polyline points="${line(losses)}" fill="none" stroke="#0066cc66"/>
    <polyline points="${line(means)}" fill="none" stroke="#0066cc" stroke-width="2.5"/></svg>`;
}

try {
  await useBackend('wasm');
  const on = asked.get('engine') === 'page' ? await wasmEngine() : await workerEngine();
  const model = detector({
    backbone: efficientNet({ width: 0.5, depth: 0.5, dropConnect: 0 }),
    neck: bifpn({ from: 'P3', to: 'P5', channels: 32, cells: 1, norm }),
    head: ssdHead({
      levels: ['P3', 'P4', 'P5'],
      anchors: baselineAnchors({ sides: [28, 48, 80] }),
      labels: ['person'],
    }),
    inputSize: size,
  });
  const recipe: Recipe = {
    name: 'page',
    optimizer: { name: 'adamW' },
    schedule: { name: 'constant', rate: 0.002 },
    clipNorm: 10,
    batch: 4,
    epochs: 1000,
  };
  const streets = { size, framesPerSequence: 1, heights: [90, 220], people: [1, 4] } as const;
  const data = scenes({ ...streets, seed: 1, sequences: 8 });
  const street = await data[0]?.image();
  if (street === undefined) throw new Error('there is no street');
  const canvas = Object.assign(document.createElement('canvas'), { width: street.width, height: street.height });
  const pixels = new ImageData(street.width, street.height);
  for (let i = 0; i < street.width * street.height; i++)
    pixels.data.set([...street.data.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  const look = async () => {
    const found: readonly Detection[] = await detect(model, street, { on, scoreAbove: 0.3, keep: 20 });
    show('picture', canvas, draw({ width: street.width, height: street.height }, found));
    say('found', `${found.length} found in one of its streets`);
  };
  show('picture', canvas);

  const stop = new AbortController();
  element('stop').addEventListener('click', () => stop.abort());
  const losses: number[] = [];
  let first = { count: 0, at: 0 };
  say('out', 'Planning the first step ...');
  requestAnimationFrame(turn);
  await train(model, {
    data,
    recipe,
    on,
    cache: imageCache({ bytes: 64e6 }),
    signal: stop.signal,
    onReport: (report) => {
      if (report.kind !== 'step') return;
      const { step, loss } = report;
      const now = performance.now();
      losses.push(loss.total ?? 0);
      say('out', `Step ${step}, loss ${loss.total?.toFixed(3)}`);
      if (step === 2)
        [first, frames.longest] = [{ count: frames.count, at: now }, 0]; // the first ones plan
      else if (step > 2) {
        const each = (total: number) => Math.round(total / (step - 2));
        const pace = `${each(now - first.at)} ms a step, ${each(frames.count - first.count)} frames in it`;
        say('pace', `${pace}, the longest pause of the page ${Math.round(frames.longest)} ms`);
      }
      if (step % 5 === 0) show('curve', curve(losses));
      if (step % 20 === 0) look().catch((error: unknown) => say('found', `Failed: ${error}`));
      if (step >= most) stop.abort();
    },
  });
  await look();
  say('out', `Stopped after ${losses.length} steps, at a loss of ${losses.at(-1)?.toFixed(3)}`);
} catch (error) {
  say('out', `Failed: ${error instanceof Error ? error.message : error}`);
}
