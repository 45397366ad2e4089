import { join } from 'node:path';
import { writeFileAtomic } from '../node/files.ts';
import { runFiles, runReport } from '../node/runPage.ts';
import { type Define, examples } from './define.ts';
import { say, UsageError } from './io.ts';

interface Given {
  readonly out?: string;
  readonly title?: string;
}

/** `report`: the page of a run, or of several side by side. */
export const define: Define = (command, io) =>
  command
    .argument('<runs...>', 'folders of train, at most 6')
    .option('--out <file>', 'the page; default run.html in the folder of one run')
    .option('--title <text>', 'above it; default the names of the folders')
    .addHelpText('after', examples('report run', 'report run-a run-b --out compared.html'))
    .action(async (folders: readonly string[], given: Given) => {
      const [only = ''] = folders;
      if (folders.length > 6) throw new UsageError(`${folders.length} runs do not fit into a page; give at most 6`);
      if (folders.length > 1 && given.out === undefined) throw new UsageError('several runs need --out, the page');
      const out = given.out ?? join(only, runFiles.page);
      const page = await runReport(folders, given.title === undefined ? {} : { title: given.title });
      await writeFileAtomic(out, page);
      say(io, `wrote ${out}`);
    });
