/** The ladder as one table, without arithmetic: what each rung costs at 512x640. */
import { count, summary } from 'pyramidion';
import { ladder } from './ladder.ts';

const number = (value: number, width: number) => value.toLocaleString('en').padStart(width);
console.log(
  `${'rung'.padEnd(22)}${'parameters'.padStart(12)}${'statistics'.padStart(12)}${'MACs'.padStart(18)}${'peak MB'.padStart(10)}  input`,
);
for (const [name, make] of Object.entries(ladder)) {
  const model = make();
  const { parameters, statistics } = count(model); // all that is built; a summary counts what runs
  const { macs, memory, inputs } = summary(model, [1, 512, 640, 3]);
  const megabytes = (memory.peakBytes / 1e6).toFixed(1).padStart(10);
  const preparation = inputs[0]?.preparation ?? '';
  console.log(
    `${name.padEnd(22)}${number(parameters, 12)}${number(statistics, 12)}${number(macs, 18)}${megabytes}  ${preparation}`,
  );
}
