/**
 * Holds every model that the reference has answers of to them, and prints how far each is away. Run it with
 * `npm run parity`, or `npm run parity -- efficientdet` for those whose names have that; `tensorflow` behind it runs them on
 * tfjs-node, in the folder that PYRAMIDION_TFJS_NODE names.
 */
import { memory, tidy } from '@tensorflow/tfjs-core';
import { dispose } from '../../src/core/model.ts';
import { use } from '../ops/backends.ts';
import { type Distance, distance } from './compare.ts';
import { fill } from './fill.ts';
import { goldens, present, skipped } from './formula.ts';
import { subjectOf } from './subject.ts';

const [pattern = '', backend] = process.argv.slice(2);
if (!present) throw new Error(`parity: there are no answers ${skipped}`);
await use(backend === 'tensorflow' ? backend : 'wasm');
const cases = Object.entries({ ...goldens('models.json'), ...goldens('models-keras.json') });
const run = cases.filter(([name]) => name.includes(pattern));
const farthest = { units: 0, name: '' };
console.log('| model@size/what | outputs | units of f32 | at | relative | seconds: weights, run |');
console.log('|---|---|---|---|---|---|');
for (const [name, golden] of run) {
  const began = performance.now();
  const { model, names, answers } = subjectOf(golden);
  fill(model, names);
  const filled = performance.now();
  let found: [string, Distance][] = [];
  tidy(() => {
    const given = answers(golden);
    found = Object.entries(golden.outputs).map(([output, wanted]): [string, Distance] => {
      const tensor = given.get(output);
      if (tensor === undefined) throw new RangeError(`${name}: no ${output}`);
      return [output, distance(tensor, wanted)];
    });
  });
  dispose(model);
  const [output, worst] = found.reduce((a, b) => (b[1].units <= a[1].units ? a : b));
  const relative = Math.max(...found.map(([, { relative }]) => relative));
  if (!(worst.units <= farthest.units)) Object.assign(farthest, { units: worst.units, name });
  const seconds = [filled - began, performance.now() - filled].map((ms) => (ms / 1000).toFixed(1)).join(', ');
  console.log(
    `| ${name} | ${found.length} | ${worst.units.toFixed(2)} | ${output}, ${worst.worst} | ${relative.toExponential(1)} | ${seconds} |`,
  );
}
console.log(
  `\n${run.length} cases; farthest ${farthest.units.toFixed(2)} units, ${farthest.name}; ${memory().numTensors} tensors left`,
);
if (!(farthest.units <= 20)) process.exitCode = 1;
