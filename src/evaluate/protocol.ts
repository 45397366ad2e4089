import type { ProtocolRules } from './protocolRules.ts';

/** Which objects count, which are ignored, and how boxes are compared. Heights and bounds in pixels of the image. */
export interface Protocol {
  readonly name: string;
  /** Labels that are to be found. Others with an `ignore` reason, or listed in `ignored`, are ignored; the rest is dropped. */
  readonly labels: readonly string[];
  readonly ignored: readonly string[];
  /** From the first up to, not including, the second. */
  readonly height: readonly [from: number, below: number];
  /** Visible share of the area, closed; an object of which nothing is said to be hidden has Infinity. */
  readonly visible: readonly [from: number, to: number];
  /** Objects that reach beyond are ignored: [y1, x1, y2, x2], counted from 0 as boxes are. */
  readonly bounds: readonly [y1: number, x1: number, y2: number, x2: number];
  /** Width over height that boxes are brought to about their centres; undefined leaves them as they are. */
  readonly aspect: number | undefined;
  /** Detections count up to this factor beyond the heights. */
  readonly expand: number;
  /** Overlap that a match needs, inclusive. */
  readonly overlap: number;
  /** What a benchmark does in a way of its own; absent where it does as Caltech does. */
  readonly rules?: ProtocolRules;
}

const inf = Number.POSITIVE_INFINITY;

const caltech = {
  labels: ['person'],
  ignored: ['person?', 'people', 'ignore'],
  bounds: [4, 4, 474, 634], // [5 5 635 475] there, of pixels from 1; boxes here begin at 0
  aspect: 0.41,
  expand: 1.25,
  overlap: 0.5,
} as const;

/** The settings of the Caltech benchmark on its original annotations. @see Dollar et al., 2012; dbEval.m 3.2.1 */
export const caltechProtocols = [
  { ...caltech, name: 'Reasonable', height: [50, inf], visible: [0.65, inf] },
  { ...caltech, name: 'All', height: [20, inf], visible: [0.2, inf] },
  { ...caltech, name: 'Scale=large', height: [100, inf], visible: [inf, inf] },
  { ...caltech, name: 'Scale=near', height: [80, inf], visible: [inf, inf] },
  { ...caltech, name: 'Scale=medium', height: [30, 80], visible: [inf, inf] },
  { ...caltech, name: 'Scale=far', height: [20, 30], visible: [inf, inf] },
  { ...caltech, name: 'Occ=none', height: [50, inf], visible: [inf, inf] },
  { ...caltech, name: 'Occ=partial', height: [50, inf], visible: [0.65, 1] },
  { ...caltech, name: 'Occ=heavy', height: [50, inf], visible: [0.2, 0.65] },
  { ...caltech, name: 'Ar=all', height: [50, inf], visible: [inf, inf] },
  { ...caltech, name: 'Ar=typical', height: [50, inf], visible: [inf, inf], rules: { aspectOff: [-inf, 0.1] } },
  { ...caltech, name: 'Ar=atypical', height: [50, inf], visible: [inf, inf], rules: { aspectOff: [0.1, inf] } },
  { ...caltech, name: 'Overlap=25', height: [50, inf], visible: [0.65, inf], overlap: 0.25 },
  { ...caltech, name: 'Overlap=50', height: [50, inf], visible: [0.65, inf] },
  { ...caltech, name: 'Overlap=75', height: [50, inf], visible: [0.65, inf], overlap: 0.75 },
  { ...caltech, name: 'Expand=100', height: [50, inf], visible: [0.65, inf], expand: 1 },
  { ...caltech, name: 'Expand=125', height: [50, inf], visible: [0.65, inf] },
  { ...caltech, name: 'Expand=150', height: [50, inf], visible: [0.65, inf], expand: 1.5 },
] as const satisfies readonly Protocol[];

/** For data without such rules: every person counts unless it has an `ignore` reason, boxes as they are. */
export const plainProtocol: Protocol = {
  name: 'plain',
  labels: ['person'],
  ignored: [],
  height: [0, inf],
  visible: [0, inf],
  bounds: [-inf, -inf, inf, inf],
  aspect: undefined,
  expand: 1,
  overlap: 0.5,
};
