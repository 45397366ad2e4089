import { type PhaseSeconds, phases, type RunEpoch, type RunStory } from '../picture/runStory.ts';
import type { StartReport } from '../train/report.ts';
import { imagesPerStep } from '../train/runBatches.ts';
import type { LogLine } from './logLines.ts';
import type { Machine } from './logMachine.ts';

const nothing: PhaseSeconds = { steps: 0, waiting: 0, validation: 0, saving: 0 };

/**
 * What the lines of a log tell, as a page shows it. Time that was spent between the last epoch and a kill is not in them.
 *
 * @throws RangeError for a log without a start
 */
export function runStory(name: string, lines: readonly LogLine[]): RunStory {
  const start = lines.findLast((line) => line.kind === 'start');
  if (start === undefined) throw new RangeError(`${name}: its log has no start; nothing was trained there`);
  const ended: RunEpoch[] = [];
  let [done, before, left] = [nothing, nothing, nothing]; // of earlier goings; of this one at its last epoch; of none so far
  for (const line of lines) {
    if (line.kind === 'start') before = nothing;
    if (line.kind !== 'epoch' && line.kind !== 'end') continue;
    const own = sum(minus(line.spent, before), left);
    done = sum(done, minus(line.spent, before));
    before = line.spent;
    left = line.kind === 'end' ? own : nothing;
    if (line.kind === 'end') continue;
    const { epoch, loss, validation: held } = line;
    ended.push({ epoch: epoch + 1, loss, seconds: own, ...(held ? { held } : {}) });
  }
  const taken = lines.filter((line) => line.kind === 'step');
  const last = lines.at(-1);
  const counted = lines.findLast((line) => line.kind === 'epoch' || line.kind === 'end')?.step ?? 0;
  const seconds = phases.reduce((all, phase) => all + done[phase], 0);
  return {
    name,
    status: last?.kind === 'end' ? last.why : 'running',
    epochs: start.recipe.epochs,
    stepsPerEpoch: start.stepsPerEpoch,
    taken,
    ended,
    seconds: done,
    ...(seconds > 0 ? { imagesPerSecond: (counted * imagesPerStep(start.recipe)) / seconds } : {}),
    settings: settingsOf(start),
  };
}

const each =
  (combine: (a: number, b: number) => number) =>
  (a: PhaseSeconds, b: PhaseSeconds): PhaseSeconds => ({
    steps: combine(a.steps, b.steps),
    waiting: combine(a.waiting, b.waiting),
    validation: combine(a.validation, b.validation),
    saving: combine(a.saving, b.saving),
  });
const sum = each((a, b) => a + b);
const minus = each((a, b) => a - b);

function settingsOf({ recipe, seed, card, machine }: StartReport & { readonly machine?: Machine }): [string, string][] {
  const { data, held, model, began, licence, versions } = card;
  const origin = ({ name, source, licence: own, note }: Partial<NonNullable<typeof began>>) =>
    [name, note, source, own && `licence ${own}`].filter((part) => part !== undefined);
  const list = (facts: typeof data) =>
    [...origin(facts), `${facts.images.toLocaleString('en')} images`, `list ${facts.sha256.slice(0, 12)}`].join('; ');
  return [
    ...(began ? [['began with', origin(began).join('; ')] as [string, string]] : []),
    ['learned from', list(data)],
    ...(held ? [['held out', list(held)] as [string, string]] : []),
    ...(licence === undefined ? [] : [['licence of the weights', licence] as [string, string]]),
    [
      'model',
      `${model.inputSize.join(' x ')} pixels, ${model.parameters.toLocaleString('en')} parameters, finds ${model.labels.join(', ')}`,
    ],
    ['seed', `${seed}`],
    ...Object.entries(recipe).map(([key, value]): [string, string] => [`recipe: ${key}`, plain(value)]),
    [
      'versions',
      `pyramidion ${versions.pyramidion}, TensorFlow.js ${versions.tfjs} (${versions.backend}), ${versions.runtime}`,
    ],
    ...(machine
      ? [
          ['machine', `${machine.processor}, ${machine.cores} cores, ${machine.memory} GiB, ${machine.system}`] as [
            string,
            string,
          ],
        ]
      : []),
  ];
}

/** `rmsprop, decay 0.9, momentum 0.9`. */
function plain(value: unknown): string {
  if (Array.isArray(value))
    return value.every((one) => typeof one !== 'object') ? value.join(', ') : value.map(plain).join('; ');
  if (typeof value !== 'object' || value === null) return `${value}`;
  return Object.entries(value)
    .map(([key, own]) => (key === 'name' ? `${own}` : `${key} ${typeof own === 'object' ? `(${plain(own)})` : own}`))
    .join(', ');
}
