import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cardBody } from '../train/cardText.ts';
import type { Report, ShownImage } from '../train/report.ts';
import { appendWhole } from './files.ts';
import { eventBytes, fileVersion, type SummaryValue } from './tensorBoardEvents.ts';
import { tfRecord } from './tensorBoardRecords.ts';

export interface TensorBoardOptions {
  /** A held-out image with what was found in it, as a JPEG or PNG file. Default: no pictures. */
  readonly picture?: (
    shown: ShownImage,
  ) => Promise<{ readonly file: Uint8Array; readonly size: readonly [number, number] } | undefined>;
  /** Told once, at the start, by name: Markdown. */
  readonly texts?: { readonly [name: string]: string };
}

/**
 * Writes reports as event files, which TensorBoard shows: `tensorboard --logdir FOLDER`. Scalars of each step and each
 * epoch, the recipe and the card as texts, held-out images with what was found in them. A run that goes on writes a new
 * file, which takes back what will be told again.
 */
export function tensorBoard(
  folder: string,
  { picture, texts = {} }: TensorBoardOptions = {},
): (report: Report) => Promise<void> {
  let path: string | undefined;
  const write = (step: number, values: readonly SummaryValue[], began?: true) => {
    if (path === undefined) {
      mkdirSync(folder, { recursive: true });
      path = join(folder, nextName(folder));
      appendWhole(path, tfRecord(eventBytes({ time: now(), step: 0, fileVersion })));
    }
    appendWhole(path, tfRecord(eventBytes({ time: now(), step, values, ...(began ? { began } : {}) })));
  };
  return async (report) => {
    switch (report.kind) {
      case 'start': {
        path = undefined;
        write(report.step + 1, [], true); // steps up to here were saved; later ones come again
        const { recipe, card, seed, step, epoch } = report;
        const all = { recipe: code(recipe), card: cardBody({ card, recipe, state: { seed, step, epoch } }), ...texts };
        return write(
          report.step,
          Object.entries(all).map(([name, text]) => ({ tag: `run/${name}`, text })),
        );
      }
      case 'step': {
        const { step, loss, learningRate, imagesPerSecond, waiting } = report;
        return write(step, [
          ...parts('loss', loss),
          { tag: 'rate/learning rate', scalar: learningRate },
          { tag: 'time/images a second', scalar: imagesPerSecond },
          { tag: 'time/share of waiting', scalar: waiting },
        ]);
      }
      case 'epoch': {
        const { step, loss, validation } = report;
        const rate = validation?.missRate?.logAverage;
        write(step, [
          ...parts('epoch loss', loss),
          ...(validation ? parts('held-out loss', validation.loss) : []),
          ...(rate === undefined ? [] : [{ tag: 'held out/log-average miss rate', scalar: rate }]),
        ]);
        for (const shown of (picture && validation?.shown) ?? []) {
          const drawn = await picture?.(shown);
          if (drawn) write(step, [{ tag: `held out/${shown.id}`, image: drawn.file, size: drawn.size }]);
        }
      }
    }
  };
}

const now = () => Date.now() / 1000;
const code = (value: unknown) => `    ${JSON.stringify(value, null, 2).replaceAll('\n', '\n    ')}`; // Markdown's code is indented
const parts = (of: string, loss: { readonly [part: string]: number }): SummaryValue[] =>
  Object.entries(loss).map(([part, scalar]) => ({ tag: `${of}/${part}`, scalar }));

/** TensorBoard reads files in the order of their names, which begin with seconds. */
function nextName(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  const latest = names.reduce((most, name) => Math.max(most, Number(name.slice(prefix.length).split('.')[0]) || 0), 0);
  const seconds = Math.max(Math.floor(now()), latest + 1);
  return `${prefix}${`${seconds}`.padStart(10, '0')}.pyramidion.${process.pid}`;
}

const prefix = 'events.out.tfevents.';
