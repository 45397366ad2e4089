/** Finds people in photographs, in a tab: no training, no server. Weights: `?weights=address` of a safetensors file. */
import {
  baselineAnchors,
  bifpn,
  type Detection,
  detect,
  detector,
  draw,
  efficientNet,
  loadWeights,
  ssdHead,
} from 'pyramidion';
import { useBackend } from 'pyramidion/engine';

const element = (id: string) => document.getElementById(id) ?? document.body;
const say = (line: string) => element('out').replaceChildren(line);

const model = detector({
  backbone: efficientNet({ width: 0.5, depth: 0.5 }),
  neck: bifpn({ from: 'P3', to: 'P5', channels: 48, cells: 2 }),
  head: ssdHead({
    levels: ['P3', 'P4', 'P5'],
    anchors: baselineAnchors({ sides: [38, 70, 128], ratios: [0.36, 0.55] }), // of the input's 320 rows
    labels: ['person'],
  }),
  inputSize: [320, 416],
});

/** Whether there are weights at the address that the page was given, or beside it. */
async function load(): Promise<boolean> {
  const address = new URLSearchParams(location.search).get('weights') ?? 'weights.safetensors';
  const response = await fetch(address);
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || type.includes('html')) return false; // a server may answer with a page of its own
  await loadWeights(model, await response.arrayBuffer(), { name: address });
  return true;
}

async function show(photograph: Blob): Promise<void> {
  const picture = new Image();
  picture.src = URL.createObjectURL(photograph);
  try {
    await picture.decode();
    say('Looking ...');
    const begun = performance.now();
    const found = await detect(model, picture, { scoreAbove: trained ? 0.3 : 0, keep: trained ? 100 : 5 });
    const time = Math.round(performance.now() - begun);
    overlay(picture, found);
    const weights = trained
      ? ''
      : ' The weights are random, so the boxes mean nothing: give trained ones by ?weights=address.';
    say(`${found.length} found in ${time} ms.${weights}`);
  } catch (error) {
    say(`Failed: ${error instanceof Error ? error.message : error}`);
  } finally {
    URL.revokeObjectURL(picture.src);
  }
}

/** The boxes as SVG over the picture; both are upright, and as wide as the page. */
function overlay(picture: HTMLImageElement, found: readonly Detection[]): void {
  const size = { width: picture.naturalWidth, height: picture.naturalHeight };
  const boxes = new DOMParser().parseFromString(draw(size, found), 'image/svg+xml').documentElement;
  element('picture').replaceChildren(picture, boxes);
}

/** A street with three people, painted by the canvas. */
async function street(): Promise<Blob> {
  const canvas = new OffscreenCanvas(800, 600);
  const paint = canvas.getContext('2d');
  if (!paint) throw new Error('the browser gives no canvas');
  for (const [colour, y, height] of [
    ['#9cc4e4', 0, 330],
    ['#7d8a78', 250, 90],
    ['#5d6064', 330, 270],
  ] as const) {
    paint.fillStyle = colour;
    paint.fillRect(0, y, 800, height);
  }
  for (const [x, feet, tall] of [
    [180, 520, 240],
    [430, 470, 170],
    [610, 430, 110],
  ] as const) {
    const part = (colour: string, left: number, top: number, wide: number, high: number) => {
      paint.fillStyle = colour;
      paint.fillRect(x + left * tall, feet - top * tall, wide * tall, high * tall);
    };
    part('#2b3350', -0.12, 0.48, 0.1, 0.48);
    part('#2b3350', 0.02, 0.48, 0.1, 0.48);
    part('#a33b32', -0.15, 0.85, 0.3, 0.4);
    part('#d9a883', -0.06, 1, 0.12, 0.14);
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

await useBackend('wasm', { purpose: 'inference' });
const trained = await load().catch((error: unknown) => {
  element('drop').append(` No weights: ${error instanceof Error ? error.message : error}`);
  return false;
});

const file = element('file');
file.addEventListener('change', () => {
  const [chosen] = (file instanceof HTMLInputElement && file.files) || [];
  if (chosen) show(chosen);
});
element('sample').addEventListener('click', async () => show(await street()));
const drop = element('drop');
for (const name of ['dragover', 'dragleave', 'drop'] as const)
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    const [dropped] = (name === 'drop' && event.dataTransfer?.files) || [];
    if (dropped) show(dropped);
  });
await show(await street());
