import { describe, expect, it } from 'vitest';
import { isFormatError } from '../../src/data/formatError.ts';
import { joinBytes } from '../../src/data/inflate.ts';
import type { WeightFile } from '../../src/weights/fileTensor.ts';
import { openPytorch } from '../../src/weights/pytorch.ts';
import { dictionary, legacy, op, pickle, type SavedTensor, stateOf, tensorPickle, zip, zipped } from './torchFiles.ts';

const ten = Float32Array.from({ length: 10 }, (_, i) => i);
const numbers = ({ tensors }: WeightFile, name: string) => [...(tensors.get(name)?.read() ?? [])];
const row: SavedTensor = { storage: '0', count: 10, shape: [10], strides: [1] };
const state = (...tensors: (readonly [string, SavedTensor])[]) =>
  stateOf(tensors.map(([name, tensor]) => [name, tensorPickle(tensor)]));
const one = tensorPickle({ ...row, shape: [2], strides: [1] });

const views: (readonly [string, SavedTensor])[] = [
  ['whole', row],
  ['view', { ...row, offset: 2, shape: [2, 2], strides: [2, 1] }],
  ['turned', { ...row, shape: [3, 2], strides: [1, 3] }], // of 0 1 2 / 3 4 5: columns become rows
  ['every third', { ...row, offset: 1, shape: [3], strides: [3] }],
  ['one', { ...row, offset: 9, shape: [], strides: [] }],
  ['none', { ...row, shape: [0, 3], strides: [3, 1] }],
  ['batches', { storage: '1', type: 'LongStorage', count: 1, shape: [], strides: [] }],
];
const storages = { 0: ten, 1: BigInt64Array.of(7n) };

describe.each([
  ['zip', zipped(state(...views), storages)],
  ['legacy', legacy(views, storages)],
] as const)('a file of torch.save, %s', (_, bytes) => {
  it('gives the numbers of views by their strides and offsets, from storages that they share', () => {
    const file = openPytorch(bytes);
    expect(numbers(file, 'whole')).toEqual([...ten]);
    expect(numbers(file, 'view')).toEqual([2, 3, 4, 5]);
    expect(numbers(file, 'turned')).toEqual([0, 3, 1, 4, 2, 5]);
    expect(numbers(file, 'every third')).toEqual([1, 4, 7]);
    expect(numbers(file, 'one')).toEqual([9]);
    expect(numbers(file, 'none')).toEqual([]);
    expect(file.tensors.get('turned')?.shape).toEqual([3, 2]);
  });
  it('says which numbers are no floats, and does not read them', () => {
    const batches = openPytorch(bytes).tensors.get('batches');
    expect(batches?.dtype).toBe('I64');
    expect(() => batches?.read()).toThrow(/batches: is of type I64/);
  });
  it('is refused wherever it is cut', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => openPytorch(bytes.slice(0, length)), `${length} bytes`).toThrow(/^pytorch: /);
  });
});

describe('a file of torch.save', () => {
  it('gives half, brain and double floats as float32', () => {
    const of = (storage: string, type: string): SavedTensor => ({ storage, type, count: 2, shape: [2], strides: [1] });
    const value = state(
      ['h', of('h', 'HalfStorage')],
      ['b', of('b', 'BFloat16Storage')],
      ['d', of('d', 'DoubleStorage')],
    );
    const file = openPytorch(
      zipped(value, {
        h: Uint16Array.of(0x3e00, 0xc000),
        b: Uint16Array.of(0x3f80, 0xc040),
        d: Float64Array.of(0.1, 2),
      }),
    );
    expect(numbers(file, 'h')).toEqual([1.5, -2]);
    expect(numbers(file, 'b')).toEqual([1, -3]);
    expect(numbers(file, 'd')).toEqual([Math.fround(0.1), 2]);
  });
  it.each(['state_dict', 'model', 'anything'])('may be a checkpoint that has the state under %s', (key) => {
    const checkpoint = dictionary([
      ['epoch', op.int(3)],
      [key, state(['w', row])],
      ['optimizer', dictionary([['lr', op.int(1)]])],
    ]);
    expect(numbers(openPytorch(zipped(checkpoint, { 0: ten })), 'w')).toHaveLength(10);
  });
  it('of several states gives the one that is asked for', () => {
    const half = { ...row, shape: [5], strides: [2] };
    const two = zipped(
      dictionary([
        ['ema', state(['w', half])],
        ['plain', state(['w', row])],
      ]),
      { 0: ten },
    );
    expect(() => openPytorch(two)).toThrow(/several of its dictionaries hold tensors; give one as key: 'ema', 'plain'/);
    expect(numbers(openPytorch(two, 'two', 'ema'), 'w')).toEqual([0, 2, 4, 6, 8]);
    expect(() => openPytorch(two, 'two', 'best')).toThrow(/two: has no dictionary 'best'; it has 'ema', 'plain'/);
  });
  it('joins the names of dictionaries within each other by dots', () => {
    const file = openPytorch(
      zipped(
        dictionary([
          ['a', dictionary([['b', one]])],
          ['c', one],
        ]),
        { 0: ten },
      ),
    );
    expect([...file.tensors.keys()]).toEqual(['a.b', 'c']);
  });
});

const call = (module: string, name: string, ...args: Uint8Array[]) =>
  joinBytes([op.global(module, name), op.mark, ...args, op.tuple, op.reduce]);

describe('a file made to harm', () => {
  it.each([
    ['a command', call('os', 'system', op.str('touch /tmp/harm')), /asks for os\.system; only tensors are read/],
    ['a builtin', call('builtins', 'eval', op.str('1')), /asks for builtins\.eval/],
    ['a property of objects', call('__proto__', 'constructor'), /asks for __proto__\.constructor/],
    ['what objects of JavaScript inherit', call('torch', 'constructor'), /asks for torch\.constructor/],
    ['a pickle within a storage', call('torch.storage', '_load_from_bytes', op.str('')), /_load_from_bytes/],
    ['a class of a module', joinBytes([op.str('nn'), op.str('Linear'), op.stackGlobal]), /asks for nn\.Linear/],
    [
      'a name that holds itself',
      joinBytes([op.emptyList, op.put(0), op.get(0), op.stackGlobal]),
      /asks for a list\.a list/,
    ],
    ['an old instance', Uint8Array.of(0x28, 0x69, 0x61, 0x0a, 0x62, 0x0a), /opcode 0x69 is not read/],
    ['an extension', Uint8Array.of(0x82, 1), /opcode 0x82 is not read/],
    ['a call of a text', joinBytes([op.str('a'), op.emptyTuple, op.reduce]), /calls what is no function/],
    ['attributes of a tensor', joinBytes([one, op.emptyDict, op.build]), /attributes of what is no dictionary/],
    ['too few values', Uint8Array.of(0x85), /takes a value that is not there/],
    ['a mark that is not there', op.tuple, /a mark that is not there/],
    ['a memory that is not there', op.get(9), /recalls value 9/],
    [
      'a text beyond the end',
      Uint8Array.of(0x8d, ...new Uint8Array(8).fill(255)),
      /a text needs 18446744073709552000 bytes/,
    ],
    [
      'a list used for two dictionaries',
      joinBytes([
        op.emptyList,
        op.put(0),
        ...[0, 1].map(() => joinBytes([op.global('collections', 'OrderedDict'), op.get(0), op.tuple1, op.reduce])),
      ]),
      /one list twice/,
    ],
  ] as const)('never runs %s', (_, value, message) => {
    expect(() => openPytorch(zipped(value, { 0: ten }))).toThrow(message);
  });
  it.each([
    ['a view beyond its storage', { ...row, offset: 1 }],
    ['strides beyond it', { ...row, shape: [5], strides: [3] }],
    ['more numbers than are stored', { ...row, shape: [1e9], strides: [0] }],
    ['a negative offset', { ...row, offset: -1 }],
    ['a negative stride', { ...row, shape: [2], strides: [-1] }],
    ['fewer strides than sides', { ...row, shape: [5, 2], strides: [1] }],
    ['more axes than there are', { ...row, shape: Array(65).fill(1), strides: Array(65).fill(1) }],
  ] as const)('has no tensor of %s', (_, tensor) => {
    expect(() => openPytorch(zipped(state(['w', tensor]), { 0: ten }))).toThrow(/a tensor /);
  });
  it('has no more numbers than the file', () => {
    const lying = { ...row, count: 2 ** 31 - 1, shape: [2 ** 31 - 1] };
    expect(() => openPytorch(zipped(state(['w', lying]), { 0: ten }))).toThrow(
      /w: storage 0 should have 2147483647 numbers/,
    );
    expect(() => openPytorch(zipped(state(['w', row])))).toThrow(/storage '0', which is not there/);
    expect(() => openPytorch(legacy([['w', row]], {}))).toThrow(/storage '0', which is not there/);
  });
  it('has no dictionary within itself, nor one many times', () => {
    const cycle = joinBytes([op.emptyDict, op.put(0), op.mark, op.str('a'), op.get(0), op.str('w'), one, op.setItems]);
    expect(() => openPytorch(zipped(cycle, { 0: ten }))).toThrow(/holds itself/);
    // each of 30 dictionaries holds the one before twice: 2^30 names
    const twice = [op.emptyDict, op.mark, op.str('a'), op.get(0), op.str('b'), op.get(0), op.setItems, op.put(0)];
    const doubled = joinBytes([
      dictionary([['w', one]]),
      op.put(0),
      ...Array.from({ length: 30 }, () => joinBytes(twice)),
    ]);
    expect(() => openPytorch(zipped(doubled, { 0: ten }))).toThrow(/holds itself, or one twice/);
  });
  it.each(['../w', 'a/../../w', 'a\u0000b', 'line\nbreak'])('has no tensor called %j', (name) => {
    expect(() => openPytorch(zipped(state([name, row]), { 0: ten }))).toThrow(/the name '.*' has/);
  });
  it('is named without what a terminal obeys', () => {
    try {
      openPytorch(zipped(call('os\u001b[2J', 'system')));
      expect.unreachable();
    } catch (error) {
      expect(isFormatError(error) && error.message).toContain('os\\u001b[2J.system');
    }
  });
  it('needs time and memory of its own size', () => {
    const many = new Uint8Array(400_000).fill(0x28); // marks
    expect(() => openPytorch(joinBytes([op.proto(), many]))).toThrow(/pytorch: byte/);
    const copies = Array.from({ length: 50_000 }, () => joinBytes([op.get(0), Uint8Array.of(0x30)]));
    const value = joinBytes([dictionary([['w', one]]), op.put(0), ...copies]);
    expect(openPytorch(zipped(value, { 0: ten })).tensors.size).toBe(1);
  });
  it('has no pickle of something else', () => {
    expect(() => openPytorch(pickle(op.int(1)))).toThrow(/but not of torch\.save/);
    expect(() => openPytorch(pickle(op.int(1), 6))).toThrow(/protocol 6/);
    expect(() => openPytorch(zipped(op.int(1)))).toThrow(/holds no dictionary of tensors/);
  });
});

describe('a zip file made to harm', () => {
  const data = { name: 'a/data.pkl', bytes: pickle(state(['w', row])) };
  const numbersOf = { name: 'a/data/0', bytes: new Uint8Array(ten.buffer) };
  it.each([
    ['compresses', [{ ...data, method: 8 }], /'a\/data\.pkl' is compressed \(method 8/],
    ['says another size', [{ ...data, size: 2 ** 31 }], /is compressed|runs into the directory/],
    ['leads out', [data, { ...numbersOf, name: '../../etc/passwd' }], /has '\.\.'/],
    ['begins at the root', [data, { ...numbersOf, name: '/etc/passwd' }], /leads out of the file/],
    ['has a name twice', [data, numbersOf, numbersOf], /'a\/data\/0' is there twice/],
    ['overlaps', [data, { ...numbersOf, header: 0 }], /overlaps/],
    ['points beyond the end', [data, { ...numbersOf, header: 2 ** 31 }], /the header of 'a\/data\/0' needs/],
    ['has no pickle', [numbersOf], /not of torch\.save/],
    ['has two pickles', [data, { ...data, name: 'b/data.pkl' }], /it has 2/],
  ] as const)('that %s is refused', (_, entries, message) => {
    expect(() => openPytorch(zip(entries))).toThrow(message);
  });
  it('that is big-endian is refused', () => {
    const order = { name: 'a/byteorder', bytes: new TextEncoder().encode('big') };
    expect(() => openPytorch(zip([data, order, numbersOf]))).toThrow(/big-endian/);
  });
  it('that is of zip64 is refused, but not the plain one with records of zip64, as torch.save writes', () => {
    const plain = zip([data, numbersOf]);
    expect(numbers(openPytorch(plain), 'w')).toEqual([...ten]);
    const beyond = plain.slice();
    beyond.fill(255, beyond.length - 12, beyond.length - 2);
    expect(() => openPytorch(beyond)).toThrow(/zip64/);
  });
});
