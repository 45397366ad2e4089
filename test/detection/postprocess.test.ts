import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../src/core/random.ts';
import { clipBoxes, flatten } from '../../src/detection/boxes.ts';
import { decode } from '../../src/detection/coder.ts';
import { matrixNms } from '../../src/detection/matrixNms.ts';
import { baselinePostprocess, type PostprocessRule, postprocess } from '../../src/detection/postprocess.ts';
import { softNms } from '../../src/detection/softNms.ts';
import { placeOf, toDetections } from '../../src/detection/toDetections.ts';
import { torchvisionRetinaNet } from '../../src/detection/torchvisionRules.ts';
import { drawBoxes, normal, plainNms } from './drawn.ts';

const inputSize = [100, 120] as const;
// Two boxes that overlap by 9/11, and one apart.
const anchors = flatten([
  [0, 0, 10, 10],
  [0, 1, 10, 11],
  [50, 50, 80, 60],
]);
const still = new Float32Array(12); // codes of the anchors themselves
const logit = (score: number) => Math.log(score / (1 - score)); // of two columns of which the first is 0
const twoClasses = (...scores: number[]) => Float32Array.from(scores.flatMap((score) => [0, logit(score)]));

describe('post-processing', () => {
  it('reports the best boxes that do not overlap, with their softmax', () => {
    const found = postprocess({ boxes: still, logits: twoClasses(0.6, 0.9, 0.75) }, { anchors, inputSize });
    expect([...found.scores]).toEqual([expect.closeTo(0.9, 6), expect.closeTo(0.75, 6)]);
    expect([...found.classes]).toEqual([1, 1]);
    expect([...found.boxes]).toEqual([0, 1, 10, 11, 50, 50, 80, 60]);
  });

  it('counts no box that lies in the padding beside the picture', () => {
    const placement = { scaleY: 0.5, scaleX: 1, offsetY: 20, offsetX: 0 }; // rows 20 to 80 of the input
    const within = placeOf([120, 120], placement);
    expect(within).toEqual([20, 0, 80, 120]);
    const predicted = { boxes: still, logits: twoClasses(0.6, 0.9, 0.75) };
    const found = postprocess(predicted, { anchors, inputSize, keep: 1, within });
    expect([...found.boxes]).toEqual([50, 50, 80, 60]); // the better ones end at row 10
    expect(placeOf([10, 20], { scaleY: 2, scaleX: -2, offsetY: 0, offsetX: 40 })).toEqual([0, 0, 20, 40]); // mirrored
  });

  it('suppresses class by class, and tells classes apart by the softmax of all', () => {
    const logits = Float32Array.from([0, Math.log(6), Math.log(3)].concat([0, Math.log(2), Math.log(7)], [9, 0, 0]));
    const found = postprocess({ boxes: still, logits }, { anchors, inputSize, scoreAbove: 0.25 });
    expect([...found.classes]).toEqual([2, 1]);
    expect([...found.scores]).toEqual([expect.closeTo(0.7, 6), expect.closeTo(0.6, 6)]); // 7/10 and 6/10
  });

  it('reads sigmoids of columns that may have no background', () => {
    const scores = [0.6, 0.02, 0.9, 0.3, 0.005, 0.8];
    const logits = Float32Array.from(scores, logit);
    const sigmoid = (background: 'none' | 'column') =>
      postprocess({ boxes: still, logits }, { anchors, inputSize, activation: 'sigmoid', background });
    const both = sigmoid('none');
    expect([...both.classes]).toEqual([1, 2, 2]); // 0.9 beats 0.6; 0.3 beats 0.02; 0.8 is apart
    expect([...both.scores]).toEqual([0.9, 0.8, 0.3].map((score) => expect.closeTo(score, 6)));
    const second = sigmoid('column');
    expect([...second.classes]).toEqual([1, 1]);
    expect([...second.scores]).toEqual([0.8, 0.3].map((score) => expect.closeTo(score, 6)));
  });

  it('cuts boxes to the input and drops those that are outside', () => {
    const outside = flatten([
      [-20, -20, 10, 30],
      [-20, 0, -5, 10],
      [90, 110, 130, 160],
    ]);
    const found = postprocess({ boxes: still, logits: twoClasses(0.9, 0.8, 0.7) }, { anchors: outside, inputSize });
    expect([...found.boxes]).toEqual([0, 0, 10, 30, 90, 110, 100, 120]);
  });

  it('stays finite where logits are extreme', () => {
    const logits = Float32Array.of(-3e4, 3e4, 3e4, -3e4, 1e4, 1e4);
    const { scores } = postprocess({ boxes: still, logits }, { anchors, inputSize });
    expect([...scores]).toEqual([1, 0.5]);
  });

  it('counts candidates of each class before the suppression', () => {
    const logits = twoClasses(0.6, 0.9, 0.75);
    const found = postprocess({ boxes: still, logits }, { anchors, inputSize, candidates: 1 });
    expect([...found.scores]).toEqual([expect.closeTo(0.9, 6)]);
  });

  const rules: readonly (PostprocessRule & { readonly name: string })[] = [
    { name: "SSD's" },
    { name: "the baseline's", ...baselinePostprocess },
    { name: 'few candidates', candidates: 20, scoreAbove: 0.05, iouAbove: 0.3, keep: 50 },
    { name: 'every box', candidates: 'all', scoreAbove: 0, iouAbove: 0.6, keep: 1e9 },
    { name: 'sigmoid', activation: 'sigmoid', background: 'none', candidates: 30, scoreAbove: 0.2 },
    { name: 'sigmoid beside a background', activation: 'sigmoid', candidates: 'all', keep: 31 },
    { name: "torchvision's RetinaNet", ...torchvisionRetinaNet, candidates: 40, levels: [200, 70, 30] },
    { name: 'of the whole image', activation: 'sigmoid', background: 'none', candidates: 90, candidatesOf: 'image' },
    { name: 'the best class of an anchor', activation: 'sigmoid', candidates: 90, classesOfAnchor: 'best' },
    { name: 'the best class of a softmax', candidates: 60, candidatesOf: 'image', classesOfAnchor: 'best' },
    { name: 'of all classes at once', among: 'all', scoreAbove: 0.2 },
    { name: 'beyond the input', clip: 'none', iouAbove: 0.6 },
    { name: 'linear', suppression: { name: 'linear', iouAbove: 0.4 }, scoreAbove: 0.2 },
    {
      name: "Keras's",
      suppression: { name: 'gaussian' },
      activation: 'sigmoid',
      classesOfAnchor: 'best',
      among: 'all',
    },
    { name: 'matrix', suppression: { name: 'matrix', decay: 'linear' }, candidates: 100, candidatesOf: 'image' },
  ];
  it.each(rules)('is the plain one for the rule: $name', (rule) => {
    const count = 300;
    const around = drawBoxes(count, keyedRandom('anchors'));
    for (let image = 0; image < 6; image++) {
      const boxes = normal(4 * count, 'codes', image);
      const steps = image % 2 === 0 ? 2 : 1e5; // few steps make ties
      const logits = normal(4 * count, 'logits', image).map((x) => Math.round(2 * x * steps) / steps);
      const found = postprocess({ boxes, logits }, { anchors: around, inputSize, ...rule });
      const wanted = plain(boxes, logits, around, rule);
      const exact = (rule.suppression?.name ?? 'hard') === 'hard'; // others make new scores, of boxes in float32 here
      const like = (x: number) => (exact ? x : expect.closeTo(x, 5));
      expect([...found.boxes], `image ${image}`).toEqual([...wanted.boxes].map(like));
      expect([...found.scores]).toEqual([...wanted.scores].map(like));
      expect(found.classes).toEqual(wanted.classes);
      expect(wanted.scores.length).toBeGreaterThan(10);
    }
  });

  it('lowers scores where it is told to, and reports what they have become', () => {
    const found = postprocess(
      { boxes: still, logits: twoClasses(0.6, 0.9, 0.75) },
      { anchors, inputSize, suppression: { name: 'linear', iouAbove: 0.5 } },
    );
    expect([...found.boxes]).toEqual([0, 1, 10, 11, 50, 50, 80, 60, 0, 0, 10, 10]);
    expect([...found.scores]).toEqual([0.9, 0.75, (0.6 * 2) / 11].map((score) => expect.closeTo(score, 6))); // IoU 9/11
  });

  it('lets boxes leave the input where it is told to', () => {
    const outside = flatten([
      [-20, -20, 10, 30],
      [-20, 0, -5, 10],
      [90, 110, 130, 160],
    ]);
    const predicted = { boxes: still, logits: twoClasses(0.9, 0.8, 0.7) };
    const found = postprocess(predicted, { anchors: outside, inputSize, clip: 'none' });
    expect([...found.boxes]).toEqual([...outside]);
    expect([
      ...postprocess(predicted, { anchors: outside, inputSize, clip: 'none', within: [0, 0, 100, 120] }).boxes,
    ]).toEqual([...outside.subarray(0, 4), ...outside.subarray(8)]);
  });

  it('says what cannot be', () => {
    const logits = twoClasses(0.6, 0.9, 0.75);
    const of =
      (options: object, given: object = {}) =>
      () =>
        postprocess({ boxes: still, logits, ...given }, { anchors, inputSize, ...options });
    expect(of({}, { boxes: new Float32Array(8) })).toThrow('3 anchors, 8 numbers of boxes and 6 logits');
    expect(of({}, { logits: new Float32Array(7) })).toThrow(RangeError);
    expect(of({}, { logits: new Float32Array(3) })).toThrow('at least 2'); // the background alone
    expect(of({}, { logits: logits.with(5, Number.NaN) })).toThrow('logits of anchor 2 are not finite');
    expect(of({ activation: 'sigmoid' }, { logits: logits.with(3, Number.POSITIVE_INFINITY) })).toThrow('anchor 1');
    expect(of({}, { boxes: still.with(4, Number.NaN) })).toThrow('code of anchor 1 is NaN');
    expect(of({ background: 'none' })).toThrow('a softmax needs a column');
    expect(of({ scoreAbove: 1 })).toThrow('scoreAbove is 1');
    expect(of({ candidates: 0 })).toThrow('candidates is 0');
    expect(of({ iouAbove: -0.1 })).toThrow('postprocess: iouAbove is -0.1');
    expect(of({ candidatesOf: 'level' })).toThrow(
      'candidates of each level need levels, the anchors of each; they are []',
    );
    expect(of({ candidatesOf: 'level', levels: [1, 1] })).toThrow('they are [1,1] for 3 anchors');
    expect(of({ suppression: { name: 'gaussian', sigma: 0 } })).toThrow('sigma is 0');
  });
});

/** Every score, every box, a sort of all; then the suppression of all at once. */
function plain(codes: Float32Array, logits: Float32Array, around: Float32Array, rule: PostprocessRule) {
  const { activation = 'softmax', background = 'column', scoreAbove = 0.01, candidates = 400, iouAbove = 0.45 } = rule;
  const { candidatesOf = 'class', levels = [], classesOfAnchor = 'every', among = 'class', keep = 200 } = rule;
  const read = decode(codes, around);
  const decoded = rule.clip === 'none' ? read : clipBoxes(read, inputSize);
  const count = around.length / 4;
  const columns = logits.length / count;
  const first = background === 'column' ? 1 : 0;
  const scoresOf = (i: number) => {
    const row = [...logits.subarray(i * columns, (i + 1) * columns)];
    const most = Math.max(...row);
    const exps = row.map((x) => Math.exp(x - most));
    const whole = exps.reduce((a, b) => a + b);
    const all = activation === 'softmax' ? exps.map((x) => x / whole) : row.map((x) => 1 / (1 + Math.exp(-x)));
    return all.slice(first);
  };
  const levelOf = (i: number) => levels.findIndex((_, l) => i < levels.slice(0, l + 1).reduce((a, b) => a + b, 0));
  const groupOf = { class: ({ kind }: Pair) => kind, level: ({ i }: Pair) => levelOf(i), image: () => 0 }[candidatesOf];
  const pairs = Array.from({ length: count }, (_, i) => scoresOf(i)).flatMap((scores, i) => {
    const best = scores.indexOf(Math.max(...scores));
    const own = scores.map((score, k) => ({ i, kind: k + 1, score }));
    return classesOfAnchor === 'best' ? own.slice(best, best + 1) : own;
  });
  const groups = new Map<number, Pair[]>();
  for (const pair of pairs.filter(({ score }) => score > scoreAbove).sort((a, b) => b.score - a.score || a.i - b.i)) {
    const group = groups.get(groupOf(pair)) ?? [];
    groups.set(groupOf(pair), group);
    if (candidates === 'all' || group.length < candidates) group.push(pair);
  }
  const all = [...groups.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, group]) => group)
    .filter(({ i }) => {
      const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = decoded.subarray(4 * i, 4 * i + 4);
      return y2 > y1 && x2 > x1;
    });
  const boxes = Float32Array.from(all.flatMap(({ i }) => [...decoded.subarray(4 * i, 4 * i + 4)]));
  const kinds = Int32Array.from(all, ({ kind }) => kind);
  const seen = among === 'class' ? kinds : kinds.map(() => 1);
  const before = Float64Array.from(all, ({ score }) => score);
  const { suppression = { name: 'hard' } } = rule;
  const limits = { classes: seen, scoreAbove, keep };
  const { indices: kept, scores } =
    suppression.name === 'hard'
      ? { indices: plainNms(boxes, before, seen, iouAbove).slice(0, keep), scores: undefined }
      : suppression.name === 'matrix'
        ? matrixNms(boxes, before, { ...suppression, ...limits })
        : softNms(boxes, before, { ...suppression, ...limits });
  return {
    boxes: Float32Array.from([...kept].flatMap((i) => [...boxes.subarray(4 * i, 4 * i + 4)])),
    scores: Float32Array.from(scores ?? Array.from(kept, (i) => before[i] ?? Number.NaN)),
    classes: Int32Array.from(kept, (i) => kinds[i] ?? 0),
  };
}
interface Pair {
  readonly i: number;
  readonly kind: number;
  readonly score: number;
}

describe('detections', () => {
  const found = {
    boxes: Float32Array.of(10, 20, 50, 40, 0, 0, 8, 8),
    scores: Float32Array.of(0.75, 0.5),
    classes: Int32Array.of(2, 1),
  };
  const labels = ['person', 'cyclist'];

  it('have the names of their classes', () => {
    expect(toDetections(found, { labels })).toEqual([
      { box: [10, 20, 50, 40], score: 0.75, label: 'cyclist' },
      { box: [0, 0, 8, 8], score: 0.5, label: 'person' },
    ]);
    expect(() => toDetections(found, { labels: ['person'] })).toThrow('class 2 has no name; there are 1 to 1: person');
  });

  it('go back to the image that was scaled and moved into the input', () => {
    const placement = { scaleY: 0.5, scaleX: 2, offsetY: 10, offsetX: 4 };
    expect(toDetections(found, { labels, placement }).map(({ box }) => box)).toEqual([
      [0, 8, 80, 18],
      [-20, -2, -4, 2],
    ]);
  });

  it('are cut to their image, and left out where they are not in it', () => {
    const placement = { scaleY: 0.5, scaleX: 2, offsetY: 10, offsetX: 4 };
    expect(toDetections(found, { labels, placement, size: [60, 17] }).map(({ box }) => box)).toEqual([[0, 8, 60, 17]]);
  });

  it('come the right way round from a mirrored input', () => {
    const placement = { scaleY: 1, scaleX: -1, offsetY: 0, offsetX: 100 }; // x = 100 - original
    expect(toDetections(found, { labels, placement })[0]?.box).toEqual([10, 60, 50, 80]);
  });
});
