import { dataName, taken } from './dataOptions.ts';
import { UsageError } from './io.ts';

/** Height and width of an input, pixels. */
export type Sides = readonly [height: number, width: number];

/** The study's input and its widths. */
const study: Sides = [512, 640];

/** The parts that the rungs are made of: as wide as in the study, or narrow, for minutes of training on a small computer. */
function partsOf([height]: Sides, wide: boolean, labels: readonly string[]) {
  const channels = wide ? 512 : 64;
  // Narrow, people are from a fifth to four fifths of the input's height.
  const anchors = wide ? {} : { sides: [0.12, 0.22, 0.4].map((part) => part * height), ratios: [0.36, 0.55] };
  const stages = ['C3', 'C4', 'C5', 'C6', 'C7'];
  const lift = { channels };
  return {
    backbone: wide
      ? { kind: 'efficientNet', size: 'B4', strides: 'ladder' }
      : { kind: 'efficientNet', width: 0.5, depth: 0.5, strides: 'ladder', dropConnect: 0 },
    vgg: { kind: 'ssdVgg', width: wide ? 1 : 0.125 },
    select: { kind: 'select', stages: ['C3', 'C4', 'C5'] },
    lift,
    fpn: { kind: 'fpn', stages, channels: 'stage', lift },
    bifpn: { kind: 'bifpn', stages, from: 'P3', to: 'P7', channels: wide ? 224 : 48, cells: 2, lift },
    head: { levels: ['P3', 'P4', 'P5'], anchors, labels },
  };
}
type Parts = ReturnType<typeof partsOf>;

/** The seven detectors of the study, each one step on from the last: what they have of their own. */
const rungs: Readonly<Record<string, (parts: Parts, size: Sides) => object>> = {
  vggBaseline: ({ vgg, select }) => ({ backbone: vgg, neck: select }),
  efficientNetBackbone: ({ select }) => ({ standardize: 'unit', neck: select }), // the study's accident
  normalizedWide: ({ select, lift }) => ({ neck: { ...select, lift } }),
  highResolution: ({ lift, head }, [height, width]) => ({
    resize: [2 * height, 2 * width],
    neck: { kind: 'select', stages: ['C4', 'C5', 'C6'], lift },
    head: { ...head, levels: ['P4', 'P5', 'P6'] },
  }),
  fpn: ({ fpn }) => ({ neck: { ...fpn, upsample: 'bilinear' } }),
  deconvFpn: ({ fpn }) => ({ neck: { ...fpn, upsample: 'transposed' } }),
  weightedFpn: ({ bifpn }) => ({ neck: bifpn }),
};
export const rungNames: readonly string[] = Object.keys(rungs);

/** Whether a model is named as a rung. */
export const isRung = (text: string): boolean => text.startsWith('ladder:');

/**
 * The description of a rung: `ladder:fpn`, narrow; `ladder:fpn,size=256x384,labels=person+car`; `ladder:fpn,size=study` as
 * wide as in the study.
 *
 * @param usual size of a narrow one unless it is said
 * @throws UsageError for a rung, an option or a size that there is not
 */
export function ladderModel(text: string, usual: Sides): { readonly name: string; readonly description: unknown } {
  const name = dataName(text, ['ladder']);
  const options = taken(name, ['size', 'labels']);
  const own = Object.hasOwn(rungs, name.path) ? rungs[name.path] : undefined;
  if (own === undefined) throw new UsageError(`there is no rung ${name.path}; there are ${rungNames.join(', ')}`);
  const given = options.text('size');
  const wide = given === 'study';
  const size = wide ? study : given === undefined ? usual : sidesOf(given);
  const labels = options.list('labels') ?? ['person'];
  const { backbone, head, ...parts } = partsOf(size, wide, labels);
  const base = { format: 'pyramidion-model/1', inputSize: size, standardize: 'kaist', backbone, head };
  return { name: name.path, description: { ...base, ...own({ backbone, head, ...parts }, size) } };
}

function sidesOf(text: string): Sides {
  const [, height, width] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size: Sides = [Number(height), Number(width)];
  if (!size.every((side) => side > 0 && side % 128 === 0))
    throw new UsageError(`ladder: size is ${text}; it must be study, or height and width, multiples of 128 as 256x384`);
  return size;
}
