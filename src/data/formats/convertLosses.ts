import type { Annotation, Box } from '../../core/annotation.ts';
import { readBbGt } from '../bbGt.ts';
import { caltechAnnotation } from '../caltechLabels.ts';
import { readCoco } from './coco.ts';
import type { ConvertOptions, ConvertSample } from './convertOptions.ts';
import type { Placed } from './convertPlaces.ts';
import { readFolderData } from './folder.ts';
import { readVoc } from './voc.ts';
import { clipped, readYolo } from './yolo.ts';

/** What a form could not hold. */
export type Loss =
  | 'visible boxes'
  | 'occlusion levels'
  | 'ignored objects'
  | 'why objects are ignored'
  | 'tracks'
  | 'tags'
  | 'areas'
  | 'crowd marks'
  | 'labels of several words'
  | 'fractions of a pixel'
  | 'parts of boxes outside the image';

/** What differs when the files are read again; the words are in the order of `Loss`. */
export function lossesOf(
  placed: readonly Placed<ConvertSample>[],
  files: ReadonlyMap<string, string>,
  classes: readonly string[],
  to: ConvertOptions['to'],
): readonly Loss[] {
  const back = readBack(files, classes, to);
  const lost = new Set<Loss>();
  for (const one of placed) {
    const found = back(one);
    const kept =
      to === 'yolo' ? one.record.objects.filter((object) => isHeld(object, one.record, lost)) : one.record.objects;
    if (found.length !== kept.length)
      throw new Error(`convert: ${one.label} holds ${found.length} objects of ${kept.length}; this is a defect`);
    kept.forEach((object, i) => {
      const again = found[i];
      if (again) compare(object, again, to, lost);
    });
  }
  return words.filter((word) => lost.has(word));
}

const words: readonly Loss[] = [
  'visible boxes',
  'occlusion levels',
  'ignored objects',
  'why objects are ignored',
  'tracks',
  'tags',
  'areas',
  'crowd marks',
  'labels of several words',
  'fractions of a pixel',
  'parts of boxes outside the image',
];

/** Whether YOLO's text has a place for an object. */
function isHeld({ box, ignore }: Annotation, size: { width: number; height: number }, lost: Set<Loss>): boolean {
  if (ignore !== undefined) lost.add('ignored objects');
  else if (clipped(box, size) === undefined) lost.add('parts of boxes outside the image');
  else return true;
  return false;
}

type Back = (one: Placed<ConvertSample>) => readonly Annotation[];

function readBack(files: ReadonlyMap<string, string>, classes: readonly string[], to: ConvertOptions['to']): Back {
  const text = (path: string) => files.get(path) ?? '';
  switch (to) {
    case 'voc':
      return ({ label }) => readVoc(text(label), { name: label }).objects;
    case 'yolo':
      return ({ label, record }) => readYolo(text(label), { ...record, classes, name: label });
    case 'bbgt':
      return ({ label }) =>
        readBbGt(text(label), { name: label }).flatMap((object) => caltechAnnotation(object, { others: 'keep' }) ?? []);
    case 'folder': {
      const { images } = readFolderData(text('data.json'));
      const byId = new Map(images.map(({ id, objects }) => [id, objects]));
      return ({ record }) => byId.get(record.id) ?? [];
    }
    case 'coco': {
      const paths = [...files.keys()];
      const read = paths.map((path) => [path, readCoco(text(path), { name: path }).images] as const);
      const byFile = new Map(
        read.flatMap(([path, images]) => images.map((image) => [`${path} ${image.file}`, image.objects])),
      );
      return ({ label, record }) => byFile.get(`${label} ${record.file}`) ?? [];
    }
  }
}

function compare(object: Annotation, again: Annotation, to: ConvertOptions['to'], lost: Set<Loss>): void {
  const note = (word: Loss, differs: boolean) => {
    if (differs) lost.add(word);
  };
  note(to === 'bbgt' ? 'fractions of a pixel' : 'parts of boxes outside the image', !close(object.box, again.box));
  note('visible boxes', object.visible !== undefined && again.visible === undefined);
  if (object.visible && again.visible) note('fractions of a pixel', !close(object.visible, again.visible));
  note('occlusion levels', object.occlusion !== undefined && object.occlusion !== again.occlusion);
  note('why objects are ignored', object.ignore !== again.ignore);
  note('tracks', object.track !== again.track);
  note(
    'tags',
    (object.tags ?? []).some((tag) => !again.tags?.includes(tag)),
  );
  note('areas', object.area !== undefined && object.area !== again.area);
  note('crowd marks', object.crowd !== again.crowd);
  note('labels of several words', object.label !== again.label);
}

/** The same but for the digits of a text, pixels. */
const close = (a: Box, b: Box) => a.every((edge, i) => Math.abs(edge - (b[i] ?? Number.NaN)) < 1e-6);
