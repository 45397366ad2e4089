import { cpus } from 'node:os';
import { keyedRandom } from '../src/core/random.ts';
import { anchors } from '../src/detection/anchors.ts';
import { baselineAnchors } from '../src/detection/baselineAnchors.ts';
import { decode } from '../src/detection/coder.ts';
import { postprocess } from '../src/detection/postprocess.ts';

const inputSize = [512, 640] as const;
const maps = [8, 16, 32].map((stride) => ({ height: inputSize[0] / stride, width: inputSize[1] / stride }));
const boxes = anchors({ levels: baselineAnchors(), maps, inputSize });
const count = boxes.length / 4;
const rounds = 7;

/** A network's answers to one image: codes and logits of background and person. */
interface Answers {
  readonly boxes: Float32Array;
  readonly logits: Float32Array;
}

/** `trained` is sure of the background but around 12 people; `untrained` is sure of nothing. */
function answers(kind: 'trained' | 'untrained'): Answers {
  const random = keyedRandom('bench nms', kind);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const codes = Float32Array.from(boxes, () => normal() * (kind === 'trained' ? 0.5 : 1));
  const logits = Float32Array.from({ length: 2 * count }, (_, i) => normal() + (kind === 'trained' && i % 2 ? -9 : 0));
  for (let person = 0; kind === 'trained' && person < 12; person++) {
    const [y, x] = [random() * inputSize[0], random() * inputSize[1]];
    for (let i = 0; i < count; i++) {
      const [y1 = 0, x1 = 0, y2 = 0, x2 = 0] = boxes.subarray(4 * i, 4 * i + 4);
      if (Math.hypot((y1 + y2) / 2 - y, (x1 + x2) / 2 - x) < 12) logits[2 * i + 1] = 2 + 2 * normal();
    }
  }
  return { boxes: codes, logits };
}

/**
 * Greedy suppression of everything: each box has a score, is decoded, sorted, and held to every better one that is kept.
 * Flat arrays, areas made once, kept boxes side by side, no closure in the loop: plain in what it does, not in how.
 */
function plain({ boxes: codes, logits }: Answers): number {
  const scores = new Float32Array(count);
  for (let i = 0; i < count; i++) scores[i] = 1 / (1 + Math.exp((logits[2 * i] ?? 0) - (logits[2 * i + 1] ?? 0)));
  const decoded = decode(codes, boxes);
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const kept = new Float64Array(5 * count); // y1, x1, y2, x2 and area of each
  let found = 0;
  for (let place = 0; place < count; place++) {
    const from = 4 * (order[place] ?? 0);
    const y1 = decoded[from] ?? 0;
    const x1 = decoded[from + 1] ?? 0;
    const y2 = decoded[from + 2] ?? 0;
    const x2 = decoded[from + 3] ?? 0;
    const area = (y2 - y1) * (x2 - x1);
    let free = true;
    for (let at = 0; at < 5 * found && free; at += 5) {
      const height = Math.min(y2, kept[at + 2] ?? 0) - Math.max(y1, kept[at] ?? 0);
      const width = Math.min(x2, kept[at + 3] ?? 0) - Math.max(x1, kept[at + 1] ?? 0);
      if (height <= 0 || width <= 0) continue;
      const both = height * width;
      free = both / (area + (kept[at + 4] ?? 0) - both) <= 0.45;
    }
    if (!free) continue;
    kept.set([y1, x1, y2, x2, area], 5 * found);
    found++;
  }
  return found;
}

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** SSD post-processing of one image beside a plain suppression of all its boxes; the ratio is the worse of two networks. */
export async function run(): Promise<{ ratio: number }> {
  console.log(`node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, one thread`);
  console.log(`${count} anchors of ${inputSize.join(' x ')}, 2 classes; minimum of ${rounds} interleaved rounds`);
  const ratios = (['trained', 'untrained'] as const).map((kind) => {
    const given = answers(kind);
    const [ours, theirs] = [[] as number[], [] as number[]];
    const found = postprocess(given, { anchors: boxes, inputSize }).scores.length;
    const all = plain(given);
    for (let round = 0; round < rounds; round++) {
      ours.push(milliseconds(() => postprocess(given, { anchors: boxes, inputSize })));
      theirs.push(milliseconds(() => plain(given)));
    }
    const [a, b] = [Math.min(...ours), Math.min(...theirs)];
    console.log(
      `${kind}: post-processing ${a.toFixed(2)} ms (${found} kept), plain NMS ${b.toFixed(0)} ms (${all} kept)`,
    );
    return a / b;
  });
  const ratio = Math.max(...ratios);
  console.log(`nms ratio=${ratio.toFixed(2)}`);
  return { ratio };
}
