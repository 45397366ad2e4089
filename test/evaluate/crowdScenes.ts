import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';

/** mulberry32: u, u, u, ... in [0, 1). */
export function uniform(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Images of people close together, some of them ignored, and detections near and far; sides are quarters of a pixel, so
 * that other programs' sums are the same. Boxes reach out of the image of 300 x 400.
 */
export function crowdScenes(count: number, seed: number, labels: readonly string[] = ['person']): EvaluatedImage[] {
  const u = uniform(seed);
  const quarter = (value: number) => Math.round(4 * value) / 4;
  const label = () => labels[Math.floor(u() * labels.length)] ?? '';
  const moved = ([y1, x1, y2, x2]: Box, by: number): Box => {
    const part = (side: number) => (u() - 0.5) * by * side;
    const [top, left] = [quarter(y1 + part(y2 - y1)), quarter(x1 + part(x2 - x1))];
    return [top, left, top + quarter(y2 - y1 + part(y2 - y1)), left + quarter(x2 - x1 + part(x2 - x1))];
  };
  return Array.from({ length: count }, () => {
    const truths: Annotation[] = [];
    const detections: Detection[] = [];
    for (let people = Math.floor(1 + u() * 9); people > 0; people--) {
      const [tall, y, x] = [quarter(30 + u() * 130), quarter(u() * 300 - 20), quarter(u() * 400 - 20)];
      const box: Box = [y, x, y + tall, x + quarter(tall * (0.3 + 0.3 * u()))];
      const ignore = u() < 0.15 ? 'of the scene' : undefined;
      const what = label();
      truths.push({ box, label: what, ...(ignore !== undefined && { ignore }) });
      if (u() < 0.45) truths.push({ box: moved(box, 0.4), label: what });
    }
    for (const truth of truths)
      for (let times = Math.floor(u() * 3); times > 0; times--)
        detections.push({
          box: moved(truth.box, 0.6),
          score: Math.round(1000 * u()) / 1000,
          label: u() < 0.8 ? truth.label : label(),
        });
    for (let falses = Math.floor(u() * 5); falses > 0; falses--) {
      const [tall, y, x] = [quarter(20 + u() * 80), quarter(u() * 280), quarter(u() * 380)];
      detections.push({ box: [y, x, y + tall, x + tall / 2], score: Math.round(700 * u()) / 1000, label: label() });
    }
    return { size: [300, 400], truths, detections };
  });
}
