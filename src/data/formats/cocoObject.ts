import type { Annotation, Box } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { objectOf, sidesOfBox } from './box.ts';
import { type JsonObject, jsonField, jsonFlag, jsonList, jsonNumber, jsonSides, jsonText, jsonWhole } from './json.ts';

/** An annotation of a COCO file. @throws FormatError that names the field */
export function readCocoObject(object: JsonObject, categories: ReadonlyMap<number, string>, where: string): Annotation {
  const field = (key: string) => jsonField(object, key);
  const category = jsonWhole(field('category_id'), `${where}.category_id`);
  const label = categories.get(category);
  if (label === undefined)
    throw new FormatError(
      `${where}.category_id is ${category}; there are ${[...categories.keys()].slice(0, 20).join(', ') || 'none'}`,
    );
  const ignored = jsonFlag(field('ignore'), `${where}.ignore`);
  const reason = field('ignore_reason');
  const crowd = jsonFlag(field('iscrowd'), `${where}.iscrowd`) && (!ignored || reason === undefined);
  const ignore =
    reason === undefined
      ? (crowd && 'a crowd') || (ignored && 'marked to be ignored') || undefined
      : jsonText(reason, `${where}.ignore_reason`);
  const box = jsonSides(field('bbox'), `${where}.bbox`);
  return objectOf({
    box,
    label,
    ...visibleOf(object, where),
    ...(ignore !== undefined && { ignore }),
    ...(crowd && { crowd }),
    ...areaOf(field('area'), box, where),
    ...extrasOf(object, where),
  });
}

/** The area where it is another than the box's. */
function areaOf(value: unknown, box: Box, where: string): Pick<Annotation, 'area'> {
  if (value === undefined || value === null) return {};
  const [, , width, height] = sidesOfBox(box);
  const area = jsonNumber(value, `${where}.area`);
  return area === width * height ? {} : { area };
}

function visibleOf(object: JsonObject, where: string): Pick<Annotation, 'visible'> {
  const value = jsonField(object, 'visible_bbox') ?? jsonField(object, 'vis_bbox');
  if (value === undefined) return {};
  const visible = jsonSides(value, `${where}.visible_bbox`);
  return visible.every((edge) => edge === 0) ? {} : { visible };
}

/** Fields of annotations that COCO itself does not have. @throws FormatError for one of another kind */
function extrasOf(object: JsonObject, where: string): Pick<Annotation, 'occlusion' | 'track' | 'tags'> {
  const track = jsonField(object, 'track_id');
  const tags = jsonField(object, 'tags');
  const occlusion = occlusionOf(jsonField(object, 'occlusion'), `${where}.occlusion`);
  return {
    ...(occlusion !== undefined && { occlusion }),
    ...(track !== undefined && { track: jsonWhole(track, `${where}.track_id`) }),
    ...(tags !== undefined && {
      tags: jsonList(tags, `${where}.tags`).map((tag, i) => jsonText(tag, `${where}.tags[${i}]`)),
    }),
  };
}

/** A word, or KAIST's number. */
function occlusionOf(value: unknown, where: string): 'none' | 'partial' | 'heavy' | undefined {
  if (value === undefined) return undefined;
  const levels = ['none', 'partial', 'heavy'] as const;
  const level = levels.find((word, i) => word === value || i === value);
  if (level === undefined) throw new FormatError(`${where} must be none, partial, heavy, or 0, 1, 2`);
  return level;
}
