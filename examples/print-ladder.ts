/**
 * The ladder as one table, without arithmetic: what each rung costs at 512x640. `npm run ladder`.
 *
 *   --maps DIR     also draws each rung as DIR/NAME.svg
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, networkMapSvg, summary } from 'pyramidion';
import { ladder } from './ladder.ts';

const { values: given } = parseArgs({ options: { maps: { type: 'string' } } });

const number = (value: number, width: number) => value.toLocaleString('en').padStart(width);
console.log(
  `${'rung'.padEnd(22)}${'parameters'.padStart(12)}${'statistics'.padStart(12)}${'MACs'.padStart(18)}${'peak MB'.padStart(10)}  input`,
);
for (const [name, make] of Object.entries(ladder)) {
  const model = make();
  const { parameters, statistics } = count(model); // all that is built; a summary counts what runs
  const whole = summary(model, [1, 512, 640, 3], { name });
  const { macs, memory, inputs } = whole;
  const megabytes = (memory.peakBytes / 1e6).toFixed(1).padStart(10);
  const preparation = inputs[0]?.preparation ?? '';
  console.log(
    `${name.padEnd(22)}${number(parameters, 12)}${number(statistics, 12)}${number(macs, 18)}${megabytes}  ${preparation}`,
  );
  if (given.maps === undefined) continue;
  mkdirSync(given.maps, { recursive: true });
  writeFileSync(join(given.maps, `${name}.svg`), networkMapSvg(whole));
}
