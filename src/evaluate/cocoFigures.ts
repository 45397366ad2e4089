import type { CocoMetrics } from './cocoMetrics.ts';

/** COCO's twelve figures in pycocotools' order; -1 where no class has an object of that size. */
export interface CocoFigures {
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  readonly APs: number;
  readonly APm: number;
  readonly APl: number;
  readonly AR1: number;
  readonly AR10: number;
  readonly AR100: number;
  readonly ARs: number;
  readonly ARm: number;
  readonly ARl: number;
}

/**
 * The twelve figures as result tables have them.
 *
 * @throws RangeError where the metrics are not of COCO's own areas and numbers of detections
 * @see pycocotools/cocoeval.py: summarize
 */
export function cocoFigures({ AP, AP50, AP75, AR, areas }: CocoMetrics): CocoFigures {
  const numbers = AR.map(({ maxDets }) => maxDets).join(', ');
  if (numbers !== '1, 10, 100')
    throw new RangeError(`cocoFigures: AR is of ${numbers} detections; COCO's figures are of 1, 10, 100`);
  const of = (name: string) => {
    const area = areas.find((area) => area.name === name);
    if (area === undefined)
      throw new RangeError(
        `cocoFigures: no areas are called ${name}; there are ${areas.map(({ name }) => name).join(', ')}`,
      );
    return area;
  };
  const [small, medium, large] = [of('small'), of('medium'), of('large')];
  const [one, ten, hundred] = AR;
  return {
    AP: AP ?? -1,
    AP50: AP50 ?? -1,
    AP75: AP75 ?? -1,
    APs: small.AP ?? -1,
    APm: medium.AP ?? -1,
    APl: large.AP ?? -1,
    AR1: one?.value ?? -1,
    AR10: ten?.value ?? -1,
    AR100: hundred?.value ?? -1,
    ARs: small.AR ?? -1,
    ARm: medium.AR ?? -1,
    ARl: large.AR ?? -1,
  };
}
