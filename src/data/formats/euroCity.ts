import type { Annotation } from '../../core/annotation.ts';
import { FormatError } from '../formatError.ts';
import { boxOfEdges, objectOf } from './box.ts';
import { type JsonObject, jsonField, jsonList, jsonNumber, jsonObject, jsonSide, jsonText, parseJson } from './json.ts';
import { type ReadOptions, readObjects } from './reading.ts';
import type { ImageRecord } from './record.ts';

export interface EuroCityOptions extends ReadOptions {
  /** The image's path below the data set's `img`, which the annotation itself does not tell. */
  readonly file: string;
  /** Whether what riders sit on is listed too, ignored, after its rider. Default `drop`. */
  readonly vehicles?: 'drop' | 'keep';
}

/** Pixels of every image of the data set; annotations say so too. */
const size = { width: 1920, height: 1024 } as const;

/**
 * Reads an annotation of EuroCity Persons. Pedestrians count, but not those that sit, lie or are behind glass; riders and
 * regions (`person-group-far-away` and the like) are ignored. Tags stay as they are; `occlusion` is partial from
 * `occluded>10` on and heavy from `occluded>40` on.
 *
 * @throws FormatError that names the object
 * @see Braun et al., 2019
 */
export function readEuroCity(text: string, options: EuroCityOptions): ImageRecord {
  const { name = 'readEuroCity', file, vehicles = 'drop' } = options;
  const frame = frameOf(jsonObject(parseJson(text, name), name), name);
  const lists = readObjects(childrenOf(frame, name), options, (entry, i): readonly Annotation[] => {
    const where = `${name}: children[${i}]`;
    const object = jsonObject(entry, where);
    const inner = vehicles === 'drop' ? [] : childrenOf(object, where);
    return [
      readObject(object, where),
      ...inner.map((child, k) => readObject(jsonObject(child, where), `${where}.children[${k}]`)),
    ];
  });
  const side = (key: string, usual: number) => jsonSide(jsonField(frame, key) ?? usual, `${name}: ${key}`);
  return {
    id: file.slice(file.lastIndexOf('/') + 1).replace(/\.\w+$/, ''),
    file,
    width: side('imagewidth', size.width),
    height: side('imageheight', size.height),
    objects: lists.flat(),
  };
}

/** The frame, which converted files have two levels down. */
function frameOf(root: JsonObject, name: string): JsonObject {
  let frame = root;
  for (let level = 0; level < 3; level++) {
    if (jsonField(frame, 'identity') === 'frame') return frame;
    const [first] = childrenOf(frame, name);
    if (first === undefined) break;
    frame = jsonObject(first, `${name}: children[0]`);
  }
  throw new FormatError(`${name}: there is no frame; its identity must be "frame"`);
}

const childrenOf = (object: JsonObject, where: string) =>
  jsonList(jsonField(object, 'children') ?? [], `${where}: children`);

/** Why an identity does not count. */
const ignored = (identity: string): string | undefined => {
  if (identity === 'pedestrian') return undefined;
  if (identity === 'rider') return 'a rider';
  return identity.includes('group') ? 'a region to ignore' : 'not a person';
};

function readObject(object: JsonObject, where: string): Annotation {
  const edge = (key: string) => jsonNumber(jsonField(object, key), `${where}.${key}`);
  const label = jsonText(jsonField(object, 'identity'), `${where}.identity`);
  const listed = jsonList(jsonField(object, 'tags') ?? [], `${where}.tags`);
  const orient = jsonField(object, 'orient') ?? jsonField(object, 'Orient');
  const tags = listed.map((tag, i) => jsonText(tag, `${where}.tags[${i}]`));
  const posture = tags.find((tag) => tag === 'sitting-lying' || tag === 'behind-glass');
  const ignore = ignored(label) ?? posture;
  const oriented = orient === undefined || orient === null ? [] : [`orient=${jsonNumber(orient, `${where}.orient`)}`];
  return objectOf({
    box: boxOfEdges(edge('y0'), edge('x0'), edge('y1'), edge('x1'), where),
    label,
    ...(ignore !== undefined && { ignore }),
    occlusion: occlusionOf(tags),
    ...(tags.length + oriented.length > 0 && { tags: [...tags, ...oriented] }),
  });
}

function occlusionOf(tags: readonly string[]): 'none' | 'partial' | 'heavy' {
  const most = tags.reduce((found, tag) => Math.max(found, Number(/^occluded>(\d{1,3})$/.exec(tag)?.[1] ?? 0)), 0);
  if (most === 0) return 'none';
  return most < 40 ? 'partial' : 'heavy';
}
