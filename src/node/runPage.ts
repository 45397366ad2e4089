import { basename, join, resolve } from 'node:path';
import { type RunPageOptions, runPage } from '../picture/runPage.ts';
import type { RunStory } from '../picture/runStory.ts';
import { readLog } from './log.ts';
import type { LogLine } from './logLines.ts';
import { type RunPictures, runPictures } from './runPictures.ts';
import { runStory } from './runStory.ts';

/** Names in the folder of a run. */
export const runFiles = {
  log: 'log.jsonl',
  page: 'run.html',
  pictures: 'pictures',
  events: 'events',
  card: 'README.md',
} as const;

/**
 * The page of one run, or of some side by side, from the logs in their folders: a string of HTML that needs nothing else.
 *
 * @throws RangeError for a folder without a log, or more than 6 folders
 */
export async function runReport(folders: readonly string[], options: RunPageOptions = {}): Promise<string> {
  const named = folders.map((folder) => ({ folder, name: basename(resolve(folder)) }));
  const twice = new Set(named.map(({ name }) => name)).size < named.length;
  const stories: RunStory[] = [];
  for (const { folder, name } of named) {
    const lines = readLog(join(folder, runFiles.log));
    if (lines.length === 0)
      throw new RangeError(`${folder}: there is no ${runFiles.log} of a run; name a folder of train`);
    stories.push(await storyOf(twice ? folder : name, lines, runPictures(join(folder, runFiles.pictures))));
  }
  return runPage(stories, options);
}

/** What a log tells, with the pictures that are there. */
export async function storyOf(name: string, lines: readonly LogLine[], pictures: RunPictures): Promise<RunStory> {
  const story = runStory(name, lines);
  const shown = story.ended.findLast(({ held }) => held?.shown)?.held?.shown ?? [];
  return { ...story, files: await pictures.files(shown.map(({ id }) => id)) };
}
