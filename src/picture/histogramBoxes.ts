import type { Box } from '../core/annotation.ts';
import { type HistogramOptions, histogramSvg } from './histogram.ts';

/** Heights of boxes, on a logarithmic axis, with the limits of the Caltech set's scales. @see Dollar et al., 2012, figure 4 */
export function heightHistogramSvg(
  sets: readonly { readonly name: string; readonly boxes: readonly Box[] }[],
  options: Partial<HistogramOptions> = {},
): string {
  return histogramSvg(
    sets.map(({ name, boxes }) => ({ name, values: boxes.map(([y1, , y2]) => y2 - y1).filter((tall) => tall > 0) })),
    {
      of: 'height, pixels',
      scale: 'log',
      marks: [
        { at: 30, name: 'medium from 30' },
        { at: 80, name: 'near from 80' },
      ],
      ...options,
    },
  );
}

/** Width over height of boxes, with the .41 of pedestrians. @see Dollar et al., 2012, figure 5 */
export function aspectHistogramSvg(
  sets: readonly { readonly name: string; readonly boxes: readonly Box[] }[],
  options: Partial<HistogramOptions> = {},
): string {
  const aspects = (boxes: readonly Box[]) =>
    boxes.filter(([y1, x1, y2, x2]) => y2 > y1 && x2 > x1).map(([y1, x1, y2, x2]) => (x2 - x1) / (y2 - y1));
  return histogramSvg(
    sets.map(({ name, boxes }) => ({ name, values: aspects(boxes) })),
    { of: 'width / height', range: [0, 1.2], marks: [{ at: 0.41, name: '.41' }], ...options },
  );
}
