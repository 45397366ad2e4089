import type { ConstantValue, Graph, Value, WeightValue } from './graph.ts';
import { rereading } from './rewrite.ts';

/**
 * Makes the weights constants, with a copy of the numbers that they have now and the same names: for graphs that leave
 * the process. A weight that moves afterwards no longer moves the graph.
 */
export function weightsToConstants(graph: Graph): Graph {
  const constants = new Map<Value, ConstantValue>();
  const constantOf = (value: WeightValue): ConstantValue => {
    const { weight, ...form } = value;
    const made: ConstantValue = { ...form, kind: 'constant', numbers: weight.read().dataSync().slice() };
    constants.set(value, made);
    return made;
  };
  return rereading(graph, (value) => (value.kind === 'weight' ? (constants.get(value) ?? constantOf(value)) : value));
}
