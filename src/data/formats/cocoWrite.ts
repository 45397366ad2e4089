import type { Annotation } from '../../core/annotation.ts';
import { sidesOfBox } from './box.ts';
import type { SizedRecord } from './record.ts';

export interface CocoWriteOptions {
  /** Classes in the order of their numbers, which begin at 1. Default: the labels that occur, in alphabetical order. */
  readonly classes?: readonly string[];
}

/**
 * Writes records as a COCO file of instances. Images and annotations are numbered from 1 in their order. What is ignored
 * gets `iscrowd: 1`, so that COCO's own tools neither ask for it nor punish it, and `ignore: 1` with its reason; the
 * further fields are those that `readCoco` knows and that other tools pass over.
 *
 * @throws RangeError for a label that is not among the classes
 */
export function writeCoco(records: readonly SizedRecord[], options: CocoWriteOptions = {}): string {
  const classes = options.classes ?? labelsOf(records);
  const numbers = new Map(classes.map((label, i) => [label, i + 1]));
  const images = records.map(({ file, width, height }, i) => ({ id: i + 1, file_name: file, width, height }));
  let id = 0;
  const annotations = records.flatMap(({ objects }, i) =>
    objects.map((object) => {
      const category = numbers.get(object.label);
      if (category === undefined)
        throw new RangeError(`writeCoco: the label ${JSON.stringify(object.label)} is not among ${classes.join(', ')}`);
      return { id: ++id, image_id: i + 1, category_id: category, ...fieldsOf(object) };
    }),
  );
  const categories = classes.map((name, i) => ({ id: i + 1, name, supercategory: 'none' }));
  const list = (name: string, items: readonly unknown[]) =>
    `"${name}": [${items.map((item) => `\n${JSON.stringify(item)}`).join(',')}\n]`; // an entry a line, for grep and diff
  return `{${[list('categories', categories), list('images', images), list('annotations', annotations)].join(',\n')}}\n`;
}

/** The labels of all objects, in alphabetical order. */
export function labelsOf(records: Iterable<{ readonly objects: readonly Annotation[] }>): readonly string[] {
  const labels = new Set<string>();
  for (const { objects } of records) for (const { label } of objects) labels.add(label);
  return [...labels].sort();
}

function fieldsOf({ box, visible, ignore, occlusion, track, tags, area, crowd }: Annotation): object {
  const [, , width, height] = sidesOfBox(box);
  return {
    bbox: sidesOfBox(box),
    area: area ?? width * height,
    iscrowd: ignore !== undefined || crowd ? 1 : 0,
    ...(ignore !== undefined && !crowd && { ignore: 1 }),
    ...(ignore !== undefined && !(crowd && ignore === 'a crowd') && { ignore_reason: ignore }),
    ...(visible && { visible_bbox: sidesOfBox(visible) }),
    ...(occlusion && { occlusion }),
    ...(track !== undefined && { track_id: track }),
    ...(tags && { tags }),
  };
}
