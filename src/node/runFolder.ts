import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Sample } from '../data/sample.ts';
import { runPage } from '../picture/runPage.ts';
import { modelCardText } from '../train/cardText.ts';
import type { CheckpointStore } from '../train/checkpointStore.ts';
import type { Report } from '../train/report.ts';
import { checkpointFolder, readCheckpointFile } from './checkpoints.ts';
import { writeFileAtomic } from './files.ts';
import { jsonLines, readLog } from './log.ts';
import type { LogLine } from './logLines.ts';
import { runFiles, storyOf } from './runPage.ts';
import { runPictures } from './runPictures.ts';
import { tensorBoard } from './tensorBoard.ts';
import { progressBar, type Terminal } from './terminal.ts';

export interface RunFolderOptions {
  /** `new` refuses a folder that has a checkpoint, `last` goes on with it, `either` goes on where there is one. Default `new`. */
  readonly begin?: 'new' | 'last' | 'either';
  /** Held-out samples: those that are shown have their pictures in the page and in TensorBoard. Default none. */
  readonly pictures?: readonly Sample[];
  /** What the page calls the run. Default the folder's name. */
  readonly name?: string;
  /** Where a bar is drawn; `none` for silence. Default process.stderr. */
  readonly terminal?: Terminal | 'none';
}

/** What `train` takes of a folder. */
export interface RunFolder {
  readonly onReport: (report: Report) => Promise<void>;
  readonly checkpoints: Required<CheckpointStore>;
  /** The last checkpoint, where the run goes on. */
  readonly resume?: Uint8Array;
}

/**
 * A folder that keeps all of a run: `train(model, { data, recipe, ...(await runFolder('out/mine')) })`. In it are the last
 * and the best checkpoint, `README.md` with the card of the best, `log.jsonl`, `run.html`, which is written anew after
 * each epoch, and `events` for TensorBoard; a bar tells how it goes.
 *
 * @throws RangeError for a folder that has a checkpoint and is to be new, or has none and is to be gone on with
 */
export async function runFolder(folder: string, options: RunFolderOptions = {}): Promise<RunFolder> {
  const {
    begin = 'new',
    pictures: samples = [],
    name = basename(resolve(folder)),
    terminal = process.stderr,
  } = options;
  const there = existsSync(join(folder, 'last.safetensors'));
  if (there && begin === 'new')
    throw new RangeError(
      `runFolder: ${folder} has a checkpoint; go on with it by begin: 'last', or give another folder`,
    );
  if (!there && begin === 'last')
    throw new RangeError(
      `runFolder: ${folder} has no last.safetensors to go on with; begin: 'either' begins anew then`,
    );
  const path = join(folder, runFiles.log);
  const pictures = runPictures(join(folder, runFiles.pictures), samples);
  const tell = terminal === 'none' ? () => undefined : progressBar(terminal);
  const [log, events] = [jsonLines(path), tensorBoard(join(folder, runFiles.events), { picture: pictures.drawn })];
  await pictures.files(samples.slice(0, 1).map(({ id }) => id)); // what is wrong with them is told before the first epoch
  let lines: LogLine[] = [];
  const checkpoints = checkpointFolder(folder);
  return {
    onReport: async (report) => {
      tell(report);
      const line = log(report);
      if (report.kind === 'start') lines = readLog(path);
      else lines.push(line);
      await events(report);
      if (report.kind === 'epoch' || report.kind === 'end')
        await writeFileAtomic(join(folder, runFiles.page), runPage([await storyOf(name, lines, pictures)]));
    },
    checkpoints: {
      ...checkpoints,
      save: async (which, bytes, record) => {
        await checkpoints.save(which, bytes, record);
        const { card, state } = record;
        if (card && (which === 'best' || state.best === undefined))
          await writeFileAtomic(join(folder, runFiles.card), modelCardText({ ...record, card }));
      },
    },
    ...(there ? { resume: await readCheckpointFile(folder, 'last') } : {}),
  };
}
