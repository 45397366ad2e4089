import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dispose, fill, type Tensor, type Tensor4D, version_core as tfjs } from '@tensorflow/tfjs-core';
import * as zoo from 'pyramidion';
import { type Block, compile, simplify, summary, trace } from 'pyramidion';
import { useBackend, wasmEngine } from 'pyramidion/engine';
import { onnxRuntime } from 'pyramidion/export';

/** A model of the table. */
interface Row {
  readonly name: string;
  readonly make: () => Block<Tensor4D, unknown>;
  readonly side: number;
  /** As published, with its source. */
  readonly published: string;
  readonly maps: string;
  readonly loads: string;
}

const classes = 1000;
// Top-1 on ImageNet: timm's tf_* weights / torchvision's, timm:results/results-imagenet.csv and torchvision's `acc@1`.
const top1: { readonly [name: string]: string } = {
  efficientNetB0: '76.5 / 77.7',
  efficientNetB1: '78.6 / 78.6',
  efficientNetB2: '79.6 / 80.6',
  efficientNetB3: '80.9 / 82.0',
  efficientNetB4: '82.6 / 83.4',
  efficientNetB5: '83.2 / 83.4',
  efficientNetB6: '84.1 / 84.0',
  efficientNetB7: '84.4 / 84.1',
  efficientNetB8: '85.3',
  efficientNetL2: '88.4',
  efficientNetLite0: '74.9',
  efficientNetLite1: '76.7',
  efficientNetLite2: '77.5',
  efficientNetLite3: '79.8',
  efficientNetLite4: '81.5',
  efficientNetV2B0: '78.4',
  efficientNetV2B1: '79.5',
  efficientNetV2B2: '80.2',
  efficientNetV2B3: '82.0',
  efficientNetV2S: '83.9 / 84.2',
  efficientNetV2M: '85.2 / 85.1',
  efficientNetV2L: '85.7 / 85.8',
  efficientNetV2Xl: '86.8',
  vgg16: '71.6',
  vgg16BatchNorm: '73.4',
};
const timmOnly = /B8|L2|Lite|V2B|V2Xl/;

type Classifying = (options: { classes: number; inputSize?: readonly [number, number] }) => Block<Tensor4D, unknown>;
const sides: { readonly [name: string]: number } = {
  ...Object.fromEntries(zoo.efficientNetRows.map(({ name, resolution }) => [`efficientNet${name}`, resolution])),
  ...Object.fromEntries(zoo.efficientNetLiteRows.map(({ name, resolution }) => [`efficientNet${name}`, resolution])),
  vgg16: 224,
  vgg16BatchNorm: 224,
};

function classifiers(): Row[] {
  return Object.entries(top1).map(([name, published]): Row => {
    const make = (zoo as unknown as { readonly [name: string]: Classifying })[name];
    if (make === undefined) throw new Error(`models: pyramidion has no ${name}`);
    const model = make({ classes }) as Block<Tensor4D, unknown> & { readonly inputSize: readonly [number, number] };
    const side = sides[name] ?? model.inputSize[0];
    const loads = timmOnly.test(name)
      ? name.includes('V2B')
        ? 'timm, keras'
        : name.includes('Lite')
          ? 'timm, lukemelas'
          : 'timm'
      : name.startsWith('vgg')
        ? 'timm, torchvision, keras'
        : name.includes('V2')
          ? 'timm, torchvision, keras'
          : 'timm, torchvision, keras, lukemelas';
    return { name, make: () => make({ classes }), side, published, maps: 'C1-C5', loads };
  });
}

// AP on COCO test-dev (Lite: val, float). EfficientDet: automl/efficientdet, README; SSD: torchvision's coco_v1, mmdetection.
const ap: { readonly [name: string]: readonly [ap: string, maps: string, loads: string] } = {
  efficientDetD0: ['34.6', 'P3-P7', 'effdet'],
  efficientDetD1: ['40.5', 'P3-P7', 'effdet'],
  efficientDetD2: ['43.9', 'P3-P7', 'effdet'],
  efficientDetD3: ['47.2', 'P3-P7', 'effdet'],
  efficientDetD4: ['49.7', 'P3-P7', 'effdet'],
  efficientDetD5: ['51.5', 'P3-P7', 'effdet'],
  efficientDetD6: ['52.6', 'P3-P7', 'effdet'],
  efficientDetD7: ['53.7', 'P3-P7', 'effdet'],
  efficientDetD7x: ['55.1', 'P3-P8', 'effdet'],
  efficientDetLite0: ['26.4', 'P3-P7', 'effdet'],
  efficientDetLite1: ['31.5', 'P3-P7', 'effdet'],
  efficientDetLite2: ['35.1', 'P3-P7', 'effdet'],
  efficientDetLite3: ['38.8', 'P3-P7', 'effdet'],
  efficientDetLite3x: ['42.6', 'P3-P7', 'effdet'],
  efficientDetLite4: ['43.2', 'P3-P7', 'effdet'],
  ssd300: ['25.1', 'P3-P8', 'torchvision'],
  ssd512: ['29.8', 'P3-P9', ''],
};

type Detecting = (options: { classes: number }) => Block<Tensor4D, unknown> & { readonly inputSize: readonly number[] };

function detectors(): Row[] {
  return Object.entries(ap).map(([name, [published, maps, loads]]): Row => {
    const make = (zoo as unknown as { readonly [name: string]: Detecting })[name];
    if (make === undefined) throw new Error(`models: pyramidion has no ${name}`);
    const made = () => make({ classes: name === 'ssd512' ? 80 : 90 });
    return { name, make: made, side: made().inputSize[0] ?? 0, published, maps, loads };
  });
}

/** Runs after the first; of models that take long, fewer. */
const seconds = 0.5;
/** Models with more multiply-adds are not run: a table need not take an hour. */
const most = 36e9;

async function least(run: () => unknown): Promise<number> {
  const once = async () => {
    const start = performance.now();
    const made = (await run()) as object;
    const tensors = 'dataSync' in made ? [made as Tensor] : Object.values<Tensor>({ ...made });
    for (const tensor of tensors) tensor.dataSync();
    const time = performance.now() - start;
    dispose(tensors);
    return time;
  };
  let best = Number.POSITIVE_INFINITY;
  await once();
  const end = performance.now() + 1000 * seconds;
  do best = Math.min(best, await once());
  while (performance.now() < end);
  return best;
}

const number = (n: number) => n.toLocaleString('en');
const duration = (ms: number) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0));

async function lineOf({ name, make, side, published, maps, loads }: Row): Promise<string> {
  const model = make();
  const { parameters, macs } = summary(model, [1, side, side, 3]);
  const cells = [`\`${name}\``, `${side}`, number(parameters), (macs / 1e9).toFixed(2), maps, published, loads];
  if (macs > most) return `| ${[...cells, '', '', '', ''].join(' | ')} |`;
  const engine = await wasmEngine({ threads: 1 });
  const prepared = engine.prepare(simplify(trace(model, [1, side, side, 3])));
  const { arena, weights: kept } = prepared.planned;
  const image = fill([1, side, side, 3], 100) as Tensor4D;
  const fast = compile(model, { target: engine });
  const plain = compile(model);
  const ort = compile(model, { target: onnxRuntime({ session: { intraOpNumThreads: 1, interOpNumThreads: 1 } }) });
  const times = [await least(() => fast(image)), await least(() => plain(image)), await least(() => ort(image))];
  fast.dispose();
  plain.dispose();
  await ort.dispose();
  engine.dispose();
  dispose(image);
  zoo.dispose(model);
  const memory = `${((arena + kept) / 1e6).toFixed(0)}`;
  console.log(`${name}: ${times.map(duration).join(', ')} ms`);
  return `| ${[...cells, ...times.map(duration), memory].join(' | ')} |`;
}

/** Writes the table of docs/models.md: `npm run bench -- models`. */
export async function run(): Promise<void> {
  await useBackend('wasm');
  const head = (what: string) => [
    `| model | side | parameters | GMACs | maps | ${what} | weights of | our engine, ms | compile, tfjs wasm with our kernels, ms | ONNX Runtime, ms | engine, MB |`,
    '|---|---|---|---|---|---|---|---|---|---|---|',
  ];
  const lines: string[] = [];
  for (const [title, what, rows] of [
    ['Classifiers and backbones', 'top-1', classifiers()],
    ['Detectors', 'AP', detectors()],
  ] as const) {
    lines.push(`## ${title}`, '', ...head(what));
    for (const row of rows) lines.push(await lineOf(row));
    lines.push('');
  }
  const where = `${cpus()[0]?.model}, Node ${process.versions.node}, TensorFlow.js ${tfjs}, ${new Date().toISOString().slice(0, 10)}`;
  const file = new URL('../docs/models.md', import.meta.url);
  const beside = new URL('../docs/models.md.part', import.meta.url);
  const text = readFileSync(file, 'utf8');
  const kept = text.slice(0, text.indexOf(mark) + mark.length);
  writeFileSync(beside, `${kept}\n\n${lines.join('\n')}\nMeasured on: ${where}; one thread, one image.\n`);
  renameSync(beside, file);
}

/** What stands above it in docs/models.md is written by hand. */
const mark = '<!-- From here on written by `npm run bench -- models`. -->';
