import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { openSafetensors, readSafetensors, writeSafetensors } from '../../src/weights/safetensors.ts';

const small = () =>
  writeSafetensors({
    tensors: new Map([
      ['a', { shape: [2, 2], values: Float32Array.of(1, -2, Number.POSITIVE_INFINITY, 1e-40) }],
      ['b/c', { shape: [], values: Float32Array.of(7) }],
      ['none', { shape: [0, 3], values: new Float32Array() }],
    ]),
    metadata: { note: 'grüß' },
  });
/** A file of a header and bytes, as anybody may write one. */
function file(header: object | string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe('safetensors', () => {
  it('come back as they went, bit for bit', () => {
    const { tensors, metadata } = readSafetensors(small());
    expect(metadata).toEqual({ note: 'grüß' });
    expect(tensors.get('a')).toEqual({
      shape: [2, 2],
      values: Float32Array.of(1, -2, Number.POSITIVE_INFINITY, 1e-40),
    });
    expect(tensors.get('b/c')).toEqual({ shape: [], values: Float32Array.of(7) });
    expect(tensors.get('none')?.values).toHaveLength(0);
  });
  it('are read from a part of a larger buffer, as Node gives files', () => {
    const pool = Buffer.alloc(1000);
    pool.set(small(), 3);
    const part = pool.subarray(3, 3 + small().length);
    expect(readSafetensors(part)).toEqual(readSafetensors(small()));
  });
  it('are not written where a tensor has the name of the metadata, or not its numbers', () => {
    const tensors = (name: string, length: number) =>
      new Map([[name, { shape: [2], values: new Float32Array(length) }]]);
    expect(() => writeSafetensors({ tensors: tensors('__metadata__', 2), metadata: {} })).toThrow(/keeps that name/);
    expect(() => writeSafetensors({ tensors: tensors('a', 3), metadata: {} })).toThrow(
      /a is \[2\], 2 numbers, but 3 were given/,
    );
  });
  it('are read as float32 from half and brain floats', () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x7c00, 0x0001); // 1, -2, infinity, the smallest
    const f16 = file({ x: { dtype: 'F16', shape: [4], data_offsets: [0, 8] } }, new Uint8Array(halves.buffer));
    expect([...(readSafetensors(f16).tensors.get('x')?.values ?? [])]).toEqual([
      1,
      -2,
      Number.POSITIVE_INFINITY,
      2 ** -24,
    ]);
    const brains = Uint16Array.of(0x3f80, 0xc040); // 1, -3
    const bf16 = file({ x: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, new Uint8Array(brains.buffer));
    expect([...(readSafetensors(bf16).tensors.get('x')?.values ?? [])]).toEqual([1, -3]);
  });
  it('are read without the counters of batches, which nothing computes with', () => {
    const header = {
      'bn.num_batches_tracked': { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      x: { dtype: 'F64', shape: [1], data_offsets: [8, 16] },
    };
    const bytes = file(header, new Uint8Array(Float64Array.of(0, 0.1).buffer));
    expect([...readSafetensors(bytes).tensors]).toEqual([['x', { shape: [1], values: Float32Array.of(0.1) }]]);
  });
  it('are read from numbers that lie at any byte', () => {
    const header = {
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      x: { dtype: 'F32', shape: [1], data_offsets: [1, 5] },
    };
    const data = Uint8Array.of(9, ...new Uint8Array(Float32Array.of(2.5).buffer));
    const { tensors } = openSafetensors(file(header, data));
    expect([...(tensors.get('x')?.read() ?? [])]).toEqual([2.5]);
  });
  it('keep names that objects inherit', () => {
    const header = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const { tensors } = readSafetensors(file(header, new Uint8Array(Float32Array.of(3).buffer)));
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });
  it.each([
    ['no file', new Uint8Array(3), /3 bytes are no safetensors/],
    ['a header longer than the file', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16), /cut or damaged/],
    ['a header that is no JSON', file('{'), /no JSON/],
    ['a list for a header', file('[]'), /no record/],
    ['a range beyond the end', file({ x: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } }), /x of shape \[9\]/],
    ['a negative range', file({ x: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }), /no shape and range/],
    [
      'a size that is not its shape',
      file({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 4] } }, new Uint8Array(4)),
      /cut or damaged/,
    ],
    [
      'a type that is not read',
      file({ x: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, new Uint8Array(8)),
      /x: is of type I64; F64, F32, F16 and BF16 are read/,
    ],
    [
      'a header of 2^60 bytes',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 16, 0x7b),
      /says 1152921504606846976 bytes, but the file has 9/,
    ],
    ['a header of 2^64 - 1 bytes', new Uint8Array(9).fill(255), /says 18446744073709551615 bytes/],
    [
      'a shape beyond what can be counted',
      file({ x: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, new Uint8Array(4)),
      /x of shape \[1099511627776,1099511627776\]/,
    ],
    ['a negative side', file({ x: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }), /no shape and range/],
    [
      'a range that ends before it begins',
      file({ x: { dtype: 'F32', shape: [0], data_offsets: [4, 0] } }, new Uint8Array(4)),
      /lies at 4 to 0/,
    ],
    ['a type that nobody knows', file({ x: { dtype: 'toString', shape: [0], data_offsets: [0, 0] } }), /type toString/],
    ['a name twice', file('{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0078":{}}'), /has 'x' twice/],
    ['metadata twice', file('{"__metadata__":{},"__metadata__":{}}'), /has '__metadata__' twice/],
    ['a range twice', file('{"x":{"dtype":"F32","shape":[0],"shape":[0]}}'), /has 'shape' twice/],
    [
      'a hole between tensors',
      file(
        {
          x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
          y: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
        },
        new Uint8Array(12),
      ),
      /4 bytes between x and y are of no tensor/,
    ],
    [
      'bytes behind the last tensor',
      file({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, new Uint8Array(9)),
      /5 bytes behind x are of no tensor/,
    ],
    [
      'a name that leads out',
      file({ '../x': { dtype: 'F32', shape: [0], data_offsets: [0, 0] } }),
      /'\.\.\/x' has '\.\.'/,
    ],
    [
      'a name with controls',
      file({ 'a\u001b': { dtype: 'F32', shape: [0], data_offsets: [0, 0] } }),
      /'a\\u001b' has control/,
    ],
    ['depth', file(`{"x":${'['.repeat(100_000)}`), /no JSON/],
    [
      'ranges that overlap',
      file(
        {
          x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          y: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        },
        new Uint8Array(8),
      ),
      /y overlaps x/,
    ],
  ] as const)('are refused with %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
  });
  it('answer every cut and every flipped bit with numbers or a clear error', () => {
    const bytes = small();
    for (let length = 0; length < bytes.length; length++)
      expect(() => readSafetensors(bytes.slice(0, length)), `${length} bytes`).toThrow(/^safetensors: /);
    const random = keyedRandom('flips');
    for (let i = 0; i < 300; i++) {
      const damaged = bytes.slice();
      const at = Math.floor(random() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      try {
        readSafetensors(damaged);
      } catch (error) {
        expect(String(error)).toMatch(/Error: safetensors: /);
      }
    }
  });
});
