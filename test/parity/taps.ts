import { conv2d, depthwiseConv2d, softmax, type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { pad } from '../../src/block/padding.ts';
import { at, type Block, blocks, weights } from '../../src/core/block.ts';
import type { Classifying } from './zoo.ts';

/** What a classifier makes of an image on its way, each computed when first asked for. */
interface Run {
  /** By the whole model. */
  readonly logits: () => Tensor2D;
  /** By the backbone. */
  readonly map: (level: string) => Tensor4D;
  /** By the head, of the last map. */
  readonly top: () => Tensor4D;
  /** By a block of the backbone, one after the other: `stem`, `stage2/0`. */
  readonly at: (place: string) => Tensor4D;
  /** By the last block of a stage. */
  readonly stage: (number: number) => Tensor4D;
  /** By the parts of one MBConv in turn: `expand`, `depthwise`, `squeeze`, `project`. */
  readonly inside: (place: string, part: string) => Tensor4D;
  /** By a convolution without its batch norm and activation. */
  readonly plain: (place: string, x: Tensor4D, stride?: number) => Tensor4D;
  readonly image: Tensor4D;
  readonly isVgg: boolean;
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
const missing = (what: string): never => {
  throw new RangeError(`there is no ${what}`);
};

function runOf(model: Classifying, input: Tensor4D): Run {
  const step = (place: string, x: Tensor4D) => (at(model, place) as Block)(x);
  const image = step('standardize', input);
  const maps = once(() => new Map<string, Tensor4D>(Object.entries(model.backbone(image))));
  const map = (level: string) => maps().get(level) ?? missing(level);
  const inTurn = once(() => {
    const made = new Map<string, Tensor4D>();
    let x = image;
    for (const place of blocks(model.backbone).keys()) {
      if (!/^(stem|stage\d+\/\d+)$/.test(place)) continue;
      x = step(`backbone/${place}`, x);
      made.set(place, x);
    }
    return made;
  });
  const after = (place: string) => inTurn().get(place) ?? missing(place);
  const partsOf = (place: string) => {
    const places = [...inTurn().keys()];
    let x = after(places[places.indexOf(place) - 1] ?? missing(`block before ${place}`));
    const made = new Map([['input', x]]);
    for (const part of ['expand', 'depthwise', 'squeeze', 'project']) {
      x = step(`backbone/${place}/${part}`, x);
      made.set(part, x);
    }
    return made;
  };
  const parts = new Map<string, Map<string, Tensor4D>>();
  return {
    image,
    isVgg: (model.architecture ?? '').startsWith('vgg'),
    logits: once(() => model(input)),
    map,
    top: once(() => step('head', map('C5'))),
    at: after,
    stage: (number) =>
      [...inTurn()].findLast(([place]) => place.startsWith(`stage${number}/`))?.[1] ?? missing(`${number}`),
    inside: (place, part) => {
      const made = parts.get(place) ?? partsOf(place);
      parts.set(place, made);
      return made.get(part) ?? missing(part);
    },
    plain: (place, x, stride = 1) => {
      const kernel = weights(model).get(`${place}/kernel`)?.read() as Tensor4D;
      const side = kernel.shape[0];
      const padding = pad(model.variant?.padding ?? 'same', { kernel: side, stride });
      return place.endsWith('depthwise')
        ? depthwiseConv2d(x, kernel, stride, padding)
        : conv2d(x, kernel, stride, padding);
    },
  };
}

type Tap = readonly [name: RegExp, tensor: (run: Run, ...groups: string[]) => Tensor];

/** Places of the reference's outputs. */
const taps: { readonly [source: string]: readonly Tap[] } = {
  timm: [
    [/^(C\d)$/, (run, level = '') => run.map(level)],
    [/^(?:logits|out)$/, (run) => run.logits()],
    [/^top$/, (run) => (run.isVgg ? run.map('C5') : run.top())], // timm: what precedes the pooling
    [/^bn2$/, (run) => run.top()],
    [/^bn1$/, (run) => run.at('stem')],
    [/^conv_stem$/, (run) => run.plain('backbone/stem', run.image, 2)],
    [/^conv_head$/, (run) => run.plain('head', run.map('C5'))],
    [/^blocks\.(\d)\.(\d+)$/, (run, stage, i) => run.at(`stage${Number(stage) + 1}/${i}`)],
    [/^blocks\.1\.0\.bn1$/, (run) => run.inside('stage2/0', 'expand')],
    [/^blocks\.1\.0\.bn2$/, (run) => run.inside('stage2/0', 'depthwise')],
    [/^blocks\.1\.0\.se$/, (run) => run.inside('stage2/0', 'squeeze')],
    [/^blocks\.1\.0\.bn3$/, (run) => run.inside('stage2/0', 'project')],
    [/^blocks\.1\.0\.conv_pw$/, (run) => run.plain('backbone/stage2/0/expand', run.inside('stage2/0', 'input'))],
    [/^blocks\.1\.0\.conv_dw$/, (run) => run.plain('backbone/stage2/0/depthwise', run.inside('stage2/0', 'expand'), 2)],
    [/^blocks\.1\.0\.conv_pwl$/, (run) => run.plain('backbone/stage2/0/project', run.inside('stage2/0', 'squeeze'))],
  ],
  torchvision: [
    [/^out$/, (run) => run.logits()],
    [/^features\.0$/, (run) => run.at('stem')],
    [/^features\.(\d)$/, (run, stage) => run.stage(Number(stage))],
  ],
  efficientnet_pytorch: [
    [/^logits$/, (run) => run.logits()],
    [/^reduction_6$/, (run) => run.top()],
    [/^reduction_(\d)$/, (run, stage) => run.map(`C${stage}`)],
  ],
  keras: [
    [/^predictions$/, (run) => softmax(run.logits())],
    [/^stem_activation$/, (run) => run.at('stem')],
    [/^top_activation$/, (run) => run.top()],
    [/^block(\d)([a-z])_/, (run, stage, letter = '') => run.at(`stage${stage}/${letter.charCodeAt(0) - 97}`)], // 97: a
  ],
};

/** What a classifier answers by the reference's names of outputs. Run within `tidy`. */
export function answersOf(
  model: Classifying,
  input: Tensor4D,
  { source, outputs }: { readonly source: string; readonly outputs: object },
): ReadonlyMap<string, Tensor> {
  const run = runOf(model, input);
  const names = Object.keys(outputs);
  const deepest = names.filter((name) => /^features\.\d$/.test(name)).at(-1); // the head is the last of the features
  const answer = (name: string): Tensor => {
    if (name === deepest) return run.top();
    for (const [pattern, tensor] of taps[source] ?? []) {
      const match = pattern.exec(name);
      if (match) return tensor(run, ...match.slice(1));
    }
    return missing(`tap for ${source}'s ${name}`);
  };
  return new Map(names.map((name) => [name, answer(name)]));
}
