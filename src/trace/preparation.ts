import { type Graph, inputsOf, type Node, type Value } from './graph.ts';

const signs: { readonly [op: string]: string } = { Sub: '-', Add: '+', Multiply: '*', RealDiv: '/' };

/** What happens to an input before anything else looks at it: `- [123.675, 116.28, 103.53], / [58.395, 57.12, 57.375]`. */
export function preparationOf({ nodes, outputs }: Graph, input: Value): string {
  const steps: string[] = [];
  let value: Value | undefined = input;
  const given = new Set(outputs.values());
  while (value && !given.has(value)) {
    const readers: Node[] = nodes.filter((node) => inputsOf(node).some((read) => read === value));
    const [reader] = readers;
    if (reader === undefined || readers.length > 1) break;
    const step = stepOf(reader, value);
    if (step === undefined) break;
    if (step !== '') steps.push(step);
    value = reader.outputs[0];
  }
  return steps.join(', ');
}

/** One step of arithmetic with a constant, empty for one that leaves the numbers as they are. */
function stepOf(node: Node, value: Value): string | undefined {
  if (node.op === 'Cast' || node.op === 'Identity') return '';
  const sign = signs[node.op];
  const [a, b] = inputsOf(node);
  const other = a === value ? b : a;
  const swapped = b === value && (node.op === 'Sub' || node.op === 'RealDiv');
  if (sign === undefined || swapped || other?.kind !== 'constant') return undefined;
  return `${sign} ${constantText(other)}`;
}

function constantText({ shape, numbers }: Extract<Value, { kind: 'constant' }>): string {
  if ('dataSync' in numbers || numbers.length > 4) return `a constant of shape [${shape}]`;
  const texts = [...numbers].map((number) => `${Number(Number(number).toPrecision(6))}`);
  return shape.length === 0 ? texts.join() : `[${texts.join(', ')}]`;
}
