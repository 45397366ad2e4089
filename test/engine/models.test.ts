import { dispose, type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ladder, small } from '../../examples/ladder.ts';
import { efficientNet, efficientNetB0, efficientNetB1, efficientNetB4 } from '../../src/backbone/efficientNet.ts';
import { efficientNetLite0 } from '../../src/backbone/efficientNetLite.ts';
import { efficientNetV2B0, efficientNetV2S } from '../../src/backbone/efficientNetV2.ts';
import { ssdVgg } from '../../src/backbone/ssdVgg.ts';
import { keras, timm, timmTf, torchvision } from '../../src/backbone/variant.ts';
import { vgg16, vgg16BatchNorm } from '../../src/backbone/vgg.ts';
import type { Block } from '../../src/core/block.ts';
import { dispose as disposeModel } from '../../src/core/model.ts';
import { keyedRandom } from '../../src/core/random.ts';
import type { EngineBuild } from '../../src/engine/run/module.ts';
import { type WasmEngine, wasmEngine } from '../../src/engine/wasmEngine.ts';
import { efficientDetLite0 } from '../../src/model/efficientDetLite.ts';
import { efficientDetD0 } from '../../src/model/efficientDetSizes.ts';
import { retinaNet } from '../../src/model/retinaNet.ts';
import { ssd300 } from '../../src/model/ssd.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { compile } from '../../src/trace/compile.ts';
import { use } from '../ops/backends.ts';
import { buildsHere, filled } from './filled.ts';

type Model = Block<Tensor4D, object>;
type Shape = readonly [batch: number, height: number, width: number, channels: 3];

/** Of the largest number of a map: sums of thousands of products in another order. */
const tolerance = 1e-5;
const labels = ['person'];

/** Pixels for what standardizes them itself, else numbers between -1.5 and 1.5. */
function imageFor(model: Model, shape: Shape): Tensor4D {
  const random = keyedRandom('image', `${shape}`);
  const draw = 'inputSize' in model ? () => 255 * random() : () => 3 * random() - 1.5;
  return tensor4d(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, draw), [...shape]);
}

const mapsOf = (made: object): ReadonlyMap<string, Tensor> =>
  new Map('dataId' in made ? [['output', made as Tensor]] : Object.entries<Tensor>({ ...made }));

/** The largest difference of each map, as a part of its largest number. */
function distances(wanted: object, made: object): { readonly [map: string]: number } {
  const others = mapsOf(made);
  return Object.fromEntries(
    [...mapsOf(wanted)].map(([name, tensor]) => {
      const [a, b] = [tensor.dataSync<'float32'>(), others.get(name)?.dataSync<'float32'>()];
      let [largest, difference] = [0, a.length === b?.length ? 0 : Number.NaN];
      for (const [i, x] of a.entries()) {
        largest = Math.max(largest, Math.abs(x));
        difference = Math.max(difference, Math.abs(x - (b?.[i] ?? Number.NaN)));
      }
      return [name, difference / largest];
    }),
  );
}
const bitsOf = (made: object) =>
  Buffer.concat([...mapsOf(made).values()].map((tensor) => Buffer.from(tensor.dataSync<'float32'>().buffer)));

const engines = new Map<EngineBuild, { readonly one: WasmEngine; readonly two: WasmEngine }>();
beforeAll(async () => {
  await use('wasm');
  for (const build of buildsHere)
    engines.set(build, { one: await wasmEngine({ build, threads: 1 }), two: await wasmEngine({ build, threads: 2 }) });
});

const cases: readonly { readonly name: string; readonly make: () => Model; readonly shapes: readonly Shape[] }[] = [
  {
    name: 'B0',
    make: () => efficientNetB0(),
    shapes: [
      [1, 64, 64, 3],
      [2, 75, 61, 3],
    ],
  }, // prettier-ignore
  { name: 'B0, as Keras pads and sums', make: () => efficientNetB0({ variant: keras }), shapes: [[1, 63, 65, 3]] },
  { name: 'B0, as timm pads', make: () => efficientNetB0({ variant: timm }), shapes: [[2, 64, 97, 3]] },
  { name: 'B1, as TensorFlow has it', make: () => efficientNetB1({ variant: timmTf }), shapes: [[1, 65, 64, 3]] },
  { name: 'B4', make: () => efficientNetB4(), shapes: [[1, 96, 64, 3]] },
  {
    name: 'a narrow EfficientNet as deep as B7',
    make: () => efficientNet({ width: 0.25, depth: 3.1 }),
    shapes: [[1, 64, 64, 3]],
  },
  { name: 'B0 that classifies', make: () => efficientNetB0({ classes: 10 }), shapes: [[2, 64, 64, 3]] },
  {
    name: 'a narrow EfficientNet with the strides of the ladder',
    make: () => efficientNet({ width: 0.5, depth: 0.5, strides: 'ladder' }),
    shapes: [[2, 129, 130, 3]],
  },
  {
    name: 'Lite0',
    make: () => efficientNetLite0(),
    shapes: [
      [1, 64, 64, 3],
      [2, 63, 33, 3],
    ],
  }, // prettier-ignore
  {
    name: 'V2 B0',
    make: () => efficientNetV2B0(),
    shapes: [
      [1, 64, 64, 3],
      [2, 65, 47, 3],
    ],
  }, // prettier-ignore
  { name: 'V2 S', make: () => efficientNetV2S({ variant: torchvision }), shapes: [[1, 65, 64, 3]] },
  { name: 'VGG-16', make: () => vgg16(), shapes: [[1, 35, 64, 3]] },
  { name: 'VGG-16 with batch norms', make: () => vgg16BatchNorm(), shapes: [[2, 32, 37, 3]] },
  { name: 'a narrow ssdVgg', make: () => ssdVgg({ width: 0.125 }), shapes: [[1, 129, 131, 3]] },
  { name: 'SSD300', make: () => ssd300({ labels }), shapes: [[1, 300, 300, 3]] },
  {
    name: 'RetinaNet over B0',
    make: () => retinaNet({ labels, backbone: efficientNetB0(), inputSize: [96, 129], channels: 48 }),
    shapes: [[2, 96, 129, 3]],
  },
  {
    name: 'EfficientDet D0',
    make: () => efficientDetD0({ labels, inputSize: [128, 128] }),
    shapes: [
      [1, 128, 128, 3],
      [2, 128, 128, 3],
    ],
  }, // prettier-ignore
  {
    name: 'EfficientDet Lite0',
    make: () => efficientDetLite0({ labels, inputSize: [128, 256] }),
    shapes: [[1, 128, 256, 3]],
  }, // prettier-ignore
  ...Object.entries(ladder).map(([name, make]) => ({
    name: `the rung ${name}`,
    make: (): Model => make(small([128, 256])),
    shapes: [[1, 128, 256, 3] as const],
  })),
];

describe.each(cases)('$name', ({ make, shapes }) => {
  it.each(shapes.map((shape) => ({ shape })))(
    'makes of $shape what plain ops make, in every build, with 1 and 2 threads, twice the same bits',
    async ({ shape }) => {
      const model = make();
      complete(model, shape);
      filled(model);
      const image = imageFor(model, shape);
      const wanted = model(image);
      for (const [build, { one, two }] of engines) {
        const [single, both] = [one, two].map((target) =>
          compile(model, { target, onFallback: (reason) => expect.fail(reason) }),
        );
        if (single === undefined || both === undefined) throw new Error('there are two engines');
        const made = single(image);
        for (const [map, far] of Object.entries(distances(wanted, made)))
          expect(far, `${build}, ${map}`).toBeLessThan(tolerance);
        const bits = bitsOf(made);
        for (const [again, title] of [
          [single(image), 'again'],
          [both(image), 'on two threads'],
        ] as const) {
          expect(bits.equals(bitsOf(again)), `${build}, ${title}: the same bits`).toBe(true);
          dispose({ ...again });
        }
        dispose({ ...made });
        single.dispose();
        both.dispose();
      }
      dispose({ ...wanted });
      dispose(image);
      disposeModel(model);
    },
    30_000, // VGG has 15 million weights to draw and to pack
  );
});
