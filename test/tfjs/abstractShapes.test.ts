import '@tensorflow/tfjs-backend-cpu';
import { engine, type NamedTensorMap, setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { mapInputs } from '../../src/tfjs/abstractInputs.ts';
import { shapeRule, shapeRules } from '../../src/tfjs/shapes.ts';
import { type Form, product } from '../../src/tfjs/shapesRule.ts';
import { calls, type Draw } from './abstractCalls.ts';

const draws = 24;
const formOf = ({ shape, dtype }: Form) => ({ shape: [...shape], dtype });

/** Numbers in [0, 1), or 0 and 1, which are indices of every axis drawn. */
const numbers = ({ shape, dtype }: Form, random: () => number): Tensor => {
  const values = Array.from({ length: product(shape) }, () => (dtype === 'float32' ? random() : Math.round(random())));
  return tensor(dtype === 'bool' ? Uint8Array.from(values) : values, [...shape], dtype);
};

describe('a shape rule', () => {
  beforeAll(async () => {
    await setBackend('cpu');
  });

  it('is tested for every kernel that has one', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(shapeRules).sort());
  });

  it.each(Object.keys(shapeRules))('says of %s what the cpu backend makes', (kernel) => {
    for (let i = 0; i < draws; i++) {
      const random = keyedRandom('call', kernel, i);
      const draw: Draw = (...from) => from[Math.floor(random() * from.length)] ?? (from[0] as never);
      const { inputs, attrs = {} } = calls[kernel]?.(draw) ?? { inputs: {} };
      const said = shapeRule(kernel)?.(inputs, { ...attrs });
      const made = tidy(() => {
        const given = mapInputs(inputs, (of) => numbers(of, random)) as NamedTensorMap;
        const results = engine().runKernel<Tensor | Tensor[]>(kernel, given, { ...attrs });
        return Array.isArray(results) ? { list: results.map(formOf) } : { one: formOf(results) };
      });
      const told = said && ('shape' in said ? { one: formOf(said) } : { list: said.map(formOf) });
      expect(told, `${kernel} of ${JSON.stringify({ inputs, attrs })}`).toEqual(made);
    }
  });
});
