import type { Annotation, Box, Detection } from '../../src/core/annotation.ts';
import type { EvaluatedImage } from '../../src/evaluate/evaluatedImage.ts';
import { uniform } from './crowdScenes.ts';

/**
 * Street frames of 1024 x 1920 with people as EuroCity and CityPersons mark them (labels, tags, visible boxes), and
 * detections near and far of scores that are apart; sides are whole pixels, and some boxes reach out of the frame.
 */
export function streetScenes(count: number, seed: number, kind: 'EuroCity' | 'CityPersons'): EvaluatedImage[] {
  const u = uniform(seed);
  const pick = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(u() * list.length)] ?? list[0];
  let n = 0;
  const box = (): Box => {
    const tall = Math.round(12 + u() ** 2 * 200);
    const [y, x] = [Math.round(u() * 1024 - 10), Math.round(u() * 1920 - 10)];
    return [y, x, y + tall, x + Math.max(4, Math.round(tall * (0.3 + 0.3 * u())))];
  };
  const moved = ([y1, x1, y2, x2]: Box): Box => {
    const part = (side: number) => Math.round((u() - 0.5) * 0.35 * side);
    const [top, left] = [y1 + part(y2 - y1), x1 + part(x2 - x1)];
    return [top, left, top + Math.max(2, y2 - y1 + part(y2 - y1)), left + Math.max(2, x2 - x1 + part(x2 - x1))];
  };
  const european = (place: Box): Annotation => {
    const label = u() < 0.75 ? 'pedestrian' : pick(['rider', 'person-group-far-away', 'bicycle'] as const);
    const tags = [
      ...(u() < 0.5 ? [pick(['occluded>10', 'occluded>40', 'occluded>80'] as const)] : []),
      ...(u() < 0.1 ? [pick(['truncated>10', 'truncated>40', 'truncated>80'] as const)] : []),
      ...(u() < 0.08 ? [label === 'pedestrian' ? pick(['sitting-lying', 'behind-glass'] as const) : 'depiction'] : []),
    ];
    const posture = tags.find((tag) => tag === 'sitting-lying' || tag === 'behind-glass');
    const ignore = label === 'pedestrian' ? posture : `a ${label}`;
    return { box: place, label, tags, ...(ignore !== undefined && { ignore }) };
  };
  const german = (place: Box): Annotation => {
    const label =
      u() < 0.8 ? 'pedestrian' : pick(['ignore region', 'rider', 'sitting person', 'people group'] as const);
    const [y1, x1, y2, x2] = place;
    const seen = Math.max(1, Math.round((y2 - y1) * Math.min(1, 0.1 + 1.3 * u())));
    return {
      box: place,
      label,
      visible: [y1, x1, y1 + seen, x2],
      ...(label !== 'pedestrian' && { ignore: `a ${label}` }),
    };
  };
  const found = (place: Box, score: number): Detection => ({
    box: place,
    score: score - 1e-6 * n++,
    label: 'pedestrian',
  });
  return Array.from({ length: count }, () => {
    const truths = Array.from({ length: 3 + Math.floor(u() * 10) }, () =>
      (kind === 'EuroCity' ? european : german)(box()),
    );
    const near = truths.flatMap((truth) =>
      Array.from({ length: Math.floor(u() * 2.6) }, () => found(moved(truth.box), u())),
    );
    const detections = [...near, ...Array.from({ length: 1 + Math.floor(u() * 2) }, () => found(box(), 0.6 * u()))];
    return { size: [1024, 1920], truths, detections: detections.sort((a, b) => b.score - a.score) };
  });
}
