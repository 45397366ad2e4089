/** Everything that the page shows, made of results, and of weights where they are there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { networkMapSvg, summary } from 'pyramidion';
import { imageCache } from 'pyramidion/data';
import { anchorShapesSvg } from 'pyramidion/evaluate';
import { readCheckpointFile, writeFileAtomic } from 'pyramidion/node';
import { ladder } from '../ladder.ts';
import { charts } from './charts.ts';
import { scenesData } from './data.ts';
import { checkpointsOf } from './oneRun.ts';
import { matchesPicture, rungSheet } from './pictures.ts';
import { readResults } from './results.ts';
import { rungs } from './runs.ts';
import { narrowed, scenesSize } from './settings.ts';
import { tables, withTables } from './tables.ts';

export interface FigureOptions {
  /** Folder of the results, which gets the figures. */
  readonly results: string;
  /** Folder of the checkpoints. */
  readonly runs: string;
  /** The page whose tables are made anew. */
  readonly page: string;
}

export async function figures({ results, runs, page }: FigureOptions): Promise<void> {
  const put = async (name: string, content: string | Uint8Array) => {
    await writeFileAtomic(join(results, name), content);
    console.log(`wrote ${join(results, name)}`);
  };
  const known = readResults(results);
  for (const [name, svg] of charts(known)) await put(name, svg);
  if (existsSync(page)) await writeFileAtomic(page, withTables(readFileSync(page, 'utf8'), tables(known)));

  // What each rung is, from its trace at the study's size.
  for (const rung of rungs)
    await put(`${rung}.svg`, networkMapSvg(summary(ladder[rung](), [1, 512, 640, 3], { name: rung })));

  // Anchors against boxes, and which of them learn an object: the same for all rungs.
  const data = scenesData(0);
  const cache = imageCache({ bytes: 1e9 });
  const boxes = data.learn
    .flatMap(({ objects }) => objects.filter(({ ignore }) => ignore === undefined))
    .map(({ box: [y1, x1, y2, x2] }) => [y2 - y1, x2 - x1] as const);
  const { anchors } = narrowed(scenesSize);
  const levels = anchors.map(({ shapes }, i) => ({ name: `P${i + 3}`, shapes }));
  await put('anchors.svg', anchorShapesSvg(boxes, levels, { title: 'Anchors and the people of 640 streets' }));
  await put('matches.jpg', await matchesPicture(data, cache));
  for (const rung of rungs) {
    const folder = checkpointsOf(join(runs, `scenes-${rung}-0`));
    if (!known.runs.some(({ id }) => id === `scenes-${rung}-0`) || !existsSync(join(folder, 'last.safetensors')))
      continue;
    await put(`${rung}.jpg`, await rungSheet(rung, await readCheckpointFile(folder, 'last'), data, cache));
  }
}
