import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conv, depthwiseConv } from '../../src/block/conv.ts';
import { block, type HasParts, weights } from '../../src/core/block.ts';
import { settle } from '../../src/core/model.ts';
import { complete } from '../../src/tfjs/abstract.ts';
import { type LoadOptions, weightLoader } from '../../src/weights/load.ts';
import type { NamedWeight, NameMap } from '../../src/weights/nameMap.ts';
import { readSafetensors, writeSafetensors } from '../../src/weights/safetensors.ts';
import { saveWeights } from '../../src/weights/save.ts';
import { legacy, type SavedTensor, stateOf, tensorPickle, zipped } from './torchFiles.ts';

interface Small extends HasParts {
  readonly variant?: { readonly name: string };
}

/** A stem of two filters, a depthwise filter, and a head of as many filters as there are classes. */
function small({ classes = 3, variant, seed = 0 }: { classes?: number; variant?: string; seed?: number } = {}): Small {
  const stem = conv({ filters: 2, kernel: 3, norm: {} });
  const depthwise = depthwiseConv({ kernel: 3, bias: false });
  const head = conv({ filters: classes });
  const model = block({ stem, depthwise, head }, (x: Parameters<typeof stem>[0], pass) =>
    head(depthwise(stem(x, pass), pass), pass),
  );
  complete(model, [1, 4, 4, 3]);
  settle(model, seed);
  return variant === undefined ? model : Object.assign(model, { variant: { name: variant } });
}

const leaves: Readonly<Record<string, string>> = {
  kernel: 'weight',
  gamma: 'weight',
  beta: 'bias',
  mean: 'running_mean',
  variance: 'running_var',
};
/** As PyTorch might call them: `stem.0.weight`, `stem.1.running_mean`. */
const torch: NameMap = {
  name: 'torch',
  variants: ['torchA', 'torchB'],
  entries: (model) =>
    new Map(
      [...weights(model)].map(([place, weight]): [string, NamedWeight] => {
        const [top = '', ...rest] = place.split('/');
        const leaf = rest.at(-1) ?? '';
        const layout = leaf !== 'kernel' ? 'same' : top === 'depthwise' ? 'depthwise' : 'oihw';
        if (!['stem', 'depthwise', 'head'].includes(top)) throw new RangeError(`torch: no name for ${place}`);
        return [`${top}.${rest.length > 1 ? 1 : 0}.${leaves[leaf] ?? leaf}`, { weight, layout }];
      }),
    ),
};
const keras: NameMap = {
  ...torch,
  name: 'keras',
  variants: ['keras'],
  entries: (model) =>
    new Map([...weights(model)].map(([place, weight]) => [`k/${place}:0`, { weight, layout: 'same' }])),
};
const loadWeights = weightLoader({ names: [torch, keras] });

const numbers = (model: HasParts) =>
  Object.fromEntries([...weights(model)].map(([place, weight]) => [place, [...weight.read().dataSync()]]));
const load = async (model: HasParts, bytes: Uint8Array, options?: LoadOptions) =>
  loadWeights(model, bytes, { name: 'f', ...options });

beforeAll(async () => {
  await setBackend('wasm');
});

describe.each(['wasm', 'cpu'])('weights on %s', (backend) => {
  beforeEach(async () => {
    await setBackend(backend);
  });
  it.each([
    ['ours', undefined],
    ['others', torch],
  ] as const)('come back as they were under the names of %s', async (_, names) => {
    const [from, to] = [small({ seed: 1 }), small({ seed: 2 })];
    const bytes = await saveWeights(from, names && { names });
    const report = await loadWeights(to, bytes);
    expect(numbers(to)).toEqual(numbers(from));
    expect(report).toMatchObject({
      format: 'safetensors',
      names: names ? 'torch' : 'pyramidion',
      missing: [],
      unexpected: [],
      differing: [],
    });
    expect(report.loaded).toEqual([...weights(from).keys()]);
    bytes.fill(0); // the file can be used again: nothing is a view of it
    expect(numbers(to)).toEqual(numbers(from));
  });
  it('leave no tensors behind but their own', async () => {
    const bytes = await saveWeights(small());
    const before = memory().numTensors;
    const model = small({ seed: 3 });
    await loadWeights(model, bytes);
    expect(memory().numTensors - before).toBe(weights(model).size);
  });
});

describe('weights', () => {
  it('lie in a file as its names mean', async () => {
    const model = small();
    const { tensors } = readSafetensors(await saveWeights(model, { names: torch }));
    expect(tensors.get('stem.0.weight')?.shape).toEqual([2, 3, 3, 3]);
    expect(tensors.get('depthwise.0.weight')?.shape).toEqual([2, 1, 3, 3]);
    const ours = weights(model).get('stem/kernel')?.read().dataSync() ?? [];
    // of filter 1, input 2, row 0, column 1
    expect(tensors.get('stem.0.weight')?.values[((1 * 3 + 2) * 3 + 0) * 3 + 1]).toBe(
      ours[((0 * 3 + 1) * 3 + 2) * 2 + 1],
    );
  });
  it('whose channels stand in another order there are put in ours, and back', async () => {
    const swapped: NameMap = {
      ...torch,
      entries: (model) =>
        new Map(
          [...torch.entries(model)].map(([name, entry]) => [
            name,
            name === 'stem.0.weight' ? { ...entry, order: { axis: 'in', run: [2, 1, 0] } } : entry,
          ]),
        ),
    };
    const model = small();
    const bytes = await saveWeights(model, { names: swapped });
    const plain = await saveWeights(model, { names: torch });
    const filter = (file: Uint8Array) => readSafetensors(file).tensors.get('stem.0.weight')?.values;
    expect(filter(bytes)?.subarray(0, 9)).toEqual(filter(plain)?.subarray(18, 27)); // red where blue was
    const to = small({ seed: 5 });
    await loadWeights(to, bytes, { names: swapped });
    expect(numbers(to)).toEqual(numbers(model));
  });
  it.each(['module.', '_orig_mod.module.', 'model.'])('are known under the prefix %s of a wrapper', async (prefix) => {
    const { tensors } = readSafetensors(await saveWeights(small({ seed: 1 }), { names: torch }));
    const wrapped = writeSafetensors({
      tensors: new Map([...tensors].map(([name, one]) => [prefix + name, one])),
      metadata: {},
    });
    const to = small({ seed: 2 });
    expect((await loadWeights(to, wrapped)).names).toBe('torch');
    expect(numbers(to)).toEqual(numbers(small({ seed: 1 })));
  });
  it.each(['zip', 'legacy'] as const)('come from a file of PyTorch, %s', async (container) => {
    const from = small({ seed: 1 });
    const { tensors } = readSafetensors(await saveWeights(from, { names: torch }));
    const listed = [...tensors].map(([name, { shape, values }], i): readonly [string, SavedTensor] => {
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      return [name, { storage: `${i}`, count: values.length, shape, strides }];
    });
    const counter: readonly [string, SavedTensor] = [
      'stem.1.num_batches_tracked',
      { storage: 'n', type: 'LongStorage', count: 1, shape: [], strides: [] },
    ];
    const storages = {
      ...Object.fromEntries([...tensors.values()].map(({ values }, i) => [`${i}`, values])),
      n: BigInt64Array.of(9n),
    };
    const all = [...listed, counter];
    const bytes =
      container === 'legacy'
        ? legacy(all, storages)
        : zipped(stateOf(all.map(([name, tensor]) => [name, tensorPickle(tensor)])), storages);
    const to = small({ seed: 2 });
    expect(await loadWeights(to, bytes)).toMatchObject({ format: 'pytorch', names: 'torch', unexpected: [] });
    expect(numbers(to)).toEqual(numbers(from));
  });
  it('come from a buffer, a blob, a source of bytes, and a file that is read part by part', async () => {
    const from = small({ seed: 1 });
    const bytes = await saveWeights(from, { names: torch });
    const asked: [number, number][] = [];
    const sources = [
      new Uint8Array(bytes).buffer,
      new Blob([new Uint8Array(bytes)]),
      { name: 'whole', read: async () => bytes },
      {
        name: 'ranged',
        size: bytes.length,
        readInto: async (offset: number, into: Uint8Array) => {
          asked.push([offset, into.length]);
          into.set(bytes.subarray(offset, offset + into.length));
        },
      },
    ];
    for (const source of sources) {
      const to = small({ seed: 2 });
      await loadWeights(to, source);
      expect(numbers(to)).toEqual(numbers(from));
    }
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(asked).toEqual([
      [0, 16],
      [0, 8],
      [8, header - 8],
      [header, bytes.length - header],
    ]);
  });
  it('of a source that fails in the middle change nothing', async () => {
    const bytes = await saveWeights(small({ seed: 1 }));
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const readInto = async (offset: number, into: Uint8Array) => {
      if (offset >= header) throw new Error('the disk is gone');
      into.set(bytes.subarray(offset, offset + into.length));
    };
    const to = small({ seed: 2 });
    const before = numbers(to);
    const tensors = memory().numTensors;
    await expect(loadWeights(to, { name: 'disk', size: bytes.length, readInto })).rejects.toThrow('the disk is gone');
    expect(numbers(to)).toEqual(before);
    expect(memory().numTensors).toBe(tensors);
  });
  it('are not loaded once the signal is given', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(load(small(), await saveWeights(small()), { signal })).rejects.toThrow('stop');
  });
});

describe('weights of another model', () => {
  it('are refused whole, with what is missing, unexpected and of another shape', async () => {
    const { tensors } = readSafetensors(await saveWeights(small({ classes: 5 }), { names: torch }));
    const file = new Map(tensors);
    file.delete('stem.1.bias');
    file.set('more.weight', { shape: [1], values: new Float32Array(1) });
    const to = small();
    const before = numbers(to);
    await expect(load(to, writeSafetensors({ tensors: file, metadata: {} }))).rejects.toThrow(
      'f: these are weights of another model; 1 missing: stem/norm/beta; 1 unexpected: more.weight; ' +
        '2 of another shape: head/kernel is [1,1,2,3] but [5,2,1,1] is stored as head.0.weight, head/bias is [3] but [5] is stored as head.0.bias',
    );
    expect(numbers(to)).toEqual(before);
  });
  it('are refused naming the model that they are of', async () => {
    const candidates = () =>
      [3, 5, 7].map((classes) => ({ name: `small(${classes})`, make: () => small({ classes }) }));
    const knowing = weightLoader({ names: [torch, keras], candidates });
    const five = small({ classes: 5 });
    await expect(knowing(small(), await saveWeights(five, { names: torch }))).rejects.toThrow(
      /another model; .*; they are those of small\(5\) \(names of torch\)$/,
    );
    const bare = conv({ filters: 1 });
    complete(bare, [1, 1, 1, 9]);
    await expect(knowing(bare, await saveWeights(five, { names: keras }))).rejects.toThrow(
      /none of its 8 names is one of the model's, as pyramidion, torch, keras would call them; they are k\/stem\/kernel:0, .*; they are those of small\(5\) \(names of keras\)$/,
    );
  });
  it.each([
    ['head', ['head/kernel', 'head/bias']],
    [['head'], ['head/kernel', 'head/bias']],
    ['any', ['head/kernel', 'head/bias']],
  ] as const)('are loaded in part where %j is asked for', async (partial, differing) => {
    const from = small({ classes: 5, seed: 1 });
    const to = small({ seed: 2 });
    const own = numbers(small({ seed: 2 }));
    const report = await load(to, await saveWeights(from, { names: torch }), { partial });
    expect(report.differing.map(({ place }) => place)).toEqual(differing);
    expect(numbers(to)).toEqual({ ...numbers(from), 'head/kernel': own['head/kernel'], 'head/bias': own['head/bias'] });
  });
  it('are refused where more differs than the part that was given up', async () => {
    const bytes = await saveWeights(small({ classes: 5 }));
    await expect(load(small(), bytes, { partial: ['head/bias', 'stem'] })).rejects.toThrow(
      /; 1 of another shape: head\/kernel/,
    );
  });
  it('are refused where none fits, whatever was given up', async () => {
    const tensors = new Map([['head/bias', { shape: [9], values: new Float32Array(9) }]]);
    await expect(load(small(), writeSafetensors({ tensors, metadata: {} }), { partial: 'any' })).rejects.toThrow(
      /f: none of its weights fits the model; 7 missing/,
    );
  });
  it('are refused for a block that has no shape yet', async () => {
    const bytes = await saveWeights(small());
    await expect(
      load(
        block({ stem: conv({ filters: 2 }) }, (x: object) => x),
        bytes,
      ),
    ).rejects.toThrow(/stem\/kernel has no shape yet/);
  });
});

describe('weights of another variant', () => {
  it('are refused by what their names go with', async () => {
    const bytes = await saveWeights(small(), { names: torch });
    await expect(load(small({ variant: 'keras' }), bytes)).rejects.toThrow(
      /f: these are weights of the variant torchA or torchB, but the model is made for keras/,
    );
    await expect(load(small({ variant: 'torchB' }), bytes)).resolves.toBeDefined();
  });
  it('are refused by what the file says', async () => {
    const bytes = await saveWeights(small({ variant: 'torchA' }));
    await expect(load(small({ variant: 'torchB' }), bytes)).rejects.toThrow(
      /make the model with \{ variant: torchA \}/,
    );
    await expect(load(small({ variant: 'torchA' }), bytes)).resolves.toBeDefined();
  });
  it('are refused by what the caller says, who knows best', async () => {
    const bytes = await saveWeights(small(), { names: torch });
    await expect(load(small({ variant: 'torchB' }), bytes, { variant: 'torchA' })).rejects.toThrow(/variant: torchA/);
    await expect(load(small({ variant: 'other' }), bytes, { variant: 'other' })).resolves.toBeDefined();
  });
  it('are known by the variant of the backbone, too', async () => {
    const whole = (variant: string): HasParts => Object.assign(small(), { backbone: small({ variant }) });
    const bytes = await saveWeights(small(), { names: torch });
    await expect(load(whole('keras'), bytes)).rejects.toThrow(/the model is made for keras/);
  });
});

it('refuses what is no file of weights, saying how it begins', async () => {
  await expect(load(small(), new TextEncoder().encode('hello'))).rejects.toThrow(
    "f: 5 bytes that begin with 68 65 6c 6c 6f are no weights; safetensors, PyTorch's .pth and Keras's .h5 can be read",
  );
});
it('refuses to write less than the model under names that lack some', async () => {
  const some: NameMap = { ...torch, entries: (model) => new Map([...torch.entries(model)].slice(1)) };
  await expect(saveWeights(small(), { names: some })).rejects.toThrow(/names 7 of the model's 8 weights/);
});
