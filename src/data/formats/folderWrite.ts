import type { Annotation } from '../../core/annotation.ts';
import { folderHead } from './folder.ts';
import type { SizedRecord } from './record.ts';

/** Writes a `data.json`, an image a line. */
export function writeFolderData(
  images: readonly SizedRecord[],
  splits: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const lines = images.map(({ id, file, width, height, objects }) =>
    JSON.stringify({ id, file, width, height, objects: objects.map(fieldsOf) }),
  );
  const parts = [
    `"format": "${folderHead.format}"`,
    `"version": ${folderHead.version}`,
    `"splits": ${JSON.stringify(Object.fromEntries(splits))}`,
  ];
  return `{${parts.join(',\n')},\n"images": [${lines.map((line) => `\n${line}`).join(',')}\n]}\n`;
}

/** Only what the form knows, in its order. */
function fieldsOf({ box, visible, label, ignore, occlusion, track, tags, area, crowd }: Annotation): object {
  return { box, label, visible, ignore, occlusion, track, tags, area, crowd };
}
