import type { Annotation, Box } from '../core/annotation.ts';
import { iou } from '../detection/overlaps.ts';
import type { CountedObject, ErrorCases } from './errorCases.ts';
import type { EvaluatedImage } from './evaluatedImage.ts';
import type { Protocol } from './protocol.ts';

/** Objects that are alike, and false detections of that kind of box. */
export interface ErrorGroup {
  readonly name: string;
  readonly truths: number;
  readonly misses: number;
  /** Misses over objects; undefined without objects. */
  readonly missRate: number | undefined;
  /** False detections; undefined where a false one has no such property. */
  readonly falses: number | undefined;
}

interface Thing {
  readonly box: Box;
  readonly image: EvaluatedImage;
  /** Absent for a detection. */
  readonly truth?: Annotation;
}

/** A property, and the names of its groups in their order. */
interface Factor {
  readonly names: readonly string[];
  readonly of: (object: Thing, protocol: Protocol) => number | undefined;
  readonly falses: boolean;
}

const size = ([y1, x1, y2, x2]: Box) => ({ tall: y2 - y1, wide: x2 - x1, y: (y1 + y2) / 2, x: (x1 + x2) / 2 });

/** Groups between edges, pixels or shares. */
function between(edges: readonly number[], unit: string): { names: string[]; group: (value: number) => number } {
  const names = edges.map((edge, i) => {
    const next = edges[i + 1];
    return next === undefined ? `${edge}${unit} and more` : `${edge}-${next}${unit}`;
  });
  return { names, group: (value) => edges.findLastIndex((edge) => value >= edge) };
}

const heights = between([0, 30, 50, 80, 120, 160, 240], ' px');
const aspects = between([0, 0.25, 0.35, 0.47, 0.6, 1], '');
const overlaps = between([0, 1e-12, 0.1, 0.3, 0.5], '');
const occlusions = ['none', 'partial', 'heavy', 'not told'] as const;
const [rows, columns] = [
  ['top', 'middle', 'bottom'],
  ['left', 'centre', 'right'],
];

const factors = {
  height: { names: heights.names, of: ({ box }) => heights.group(size(box).tall), falses: true },
  aspect: { names: aspects.names, of: ({ box }) => aspects.group(size(box).wide / size(box).tall), falses: true },
  occlusion: {
    names: occlusions,
    of: ({ truth }) => occlusions.indexOf(truth?.occlusion ?? 'not told'),
    falses: false,
  },
  crowding: {
    names: ['alone', 'touching to 0.1', ...overlaps.names.slice(2)],
    of: (object, protocol) => overlaps.group(crowding(object, protocol)),
    falses: false,
  },
  place: {
    names: rows.flatMap((row) => columns.map((column) => `${row} ${column}`)),
    of: ({ box, image }) => {
      if (image.size === undefined) return undefined;
      const third = (value: number, whole: number) => Math.min(2, Math.max(0, Math.floor((3 * value) / whole)));
      return 3 * third(size(box).y, image.size[0]) + third(size(box).x, image.size[1]);
    },
    falses: true,
  },
} as const satisfies Readonly<Record<string, Factor>>;

/** The greatest IoU with another object of the protocol's labels. */
function crowding({ truth, image }: Thing, { labels }: Protocol): number {
  const others = image.truths.filter((other) => other !== truth && labels.includes(other.label));
  return others.reduce((most, other) => (truth ? Math.max(most, iou(truth.box, other.box)) : most), 0);
}

/** Misses and false detections by what boxes are like: each property's groups, those that have neither left out. */
export function errorGroups(
  images: readonly EvaluatedImage[],
  protocol: Protocol,
  { misses, falses, counted }: ErrorCases & { readonly counted: readonly CountedObject[] },
) {
  const objects = counted.flatMap(({ image, object }): Thing[] => {
    const [content, truth] = [images[image], images[image]?.truths[object]];
    return content && truth ? [{ box: truth.box, image: content, truth }] : [];
  });
  const missed = new Set(misses.map(({ image, object }) => images[image]?.truths[object]));
  const invented = falses.flatMap(({ image, detection }): Thing[] => {
    const [content, box] = [images[image], images[image]?.detections[detection]?.box];
    return content && box ? [{ box, image: content }] : [];
  });
  const groups = (factor: Factor): ErrorGroup[] => {
    const counts = factor.names.map((name) => ({ name, truths: 0, misses: 0, falses: 0 }));
    for (const object of objects) {
      const group = counts[factor.of(object, protocol) ?? -1];
      if (group === undefined) continue;
      group.truths++;
      if (missed.has(object.truth)) group.misses++;
    }
    for (const one of factor.falses ? invented : []) {
      const group = counts[factor.of(one, protocol) ?? -1];
      if (group) group.falses++;
    }
    return counts
      .filter((group) => group.truths + group.falses > 0)
      .map((group) => ({
        ...group,
        missRate: group.truths === 0 ? undefined : group.misses / group.truths,
        falses: factor.falses ? group.falses : undefined,
      }));
  };
  return {
    height: groups(factors.height),
    aspect: groups(factors.aspect),
    occlusion: groups(factors.occlusion),
    crowding: groups(factors.crowding),
    place: groups(factors.place),
  };
}
