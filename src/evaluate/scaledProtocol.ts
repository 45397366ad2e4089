import type { Box } from '../core/annotation.ts';
import type { Protocol } from './protocol.ts';
import type { ProtocolRules } from './protocolRules.ts';

type Size = readonly [height: number, width: number];

export interface ProtocolScale {
  /** Frames that the protocol was written for, pixels: [480, 640] for Caltech. */
  readonly from: Size;
  /** Frames that it is to judge, pixels: the same frames, resized as a whole. */
  readonly to: Size;
}

/**
 * The protocol for frames of another size: heights by the rows, bounds by each axis, so that the same objects count
 * as in the frames that it was written for. What is infinite stays so. Where the axes are scaled unlike, the aspect
 * that boxes are brought to is stretched as the boxes are. The size stands in the name: figures of such frames are
 * not those of the benchmark.
 *
 * A frame that was padded after it was resized has other borders: evaluate it in pixels of the picture in it.
 *
 * @throws RangeError for a size that is not two whole numbers of pixels, 1 or more
 */
export function scaledProtocol(protocol: Protocol, { from, to }: ProtocolScale): Protocol {
  for (const [name, size] of [
    ['from', from],
    ['to', to],
  ] as const)
    if (size.length !== 2 || size.some((side) => !Number.isInteger(side) || side < 1))
      throw new RangeError(
        `scaledProtocol: ${name} is [${size.join(', ')}]; give [height, width] in whole pixels, both 1 or more`,
      );
  if (from[0] === to[0] && from[1] === to[1]) return protocol;
  const rows = (y: number) => (y * to[0]) / from[0];
  const columns = (x: number) => (x * to[1]) / from[1];
  const scaled = ([y1, x1, y2, x2]: Box): Box => [rows(y1), columns(x1), rows(y2), columns(x2)];
  const { aspect, height, rules } = protocol;
  const stretch = (to[1] * from[0]) / (to[0] * from[1]); // one division, so that a uniform scale is exactly 1
  return {
    ...protocol,
    name: `${protocol.name} at ${to[0]}x${to[1]}`,
    height: [rows(height[0]), rows(height[1])],
    bounds: scaled(protocol.bounds),
    aspect: aspect === undefined ? undefined : aspect * stretch,
    ...(rules && { rules: scaledRules(rules, scaled, stretch) }),
  };
}

function scaledRules(rules: ProtocolRules, scaled: (box: Box) => Box, stretch: number): ProtocolRules {
  const { aspectOff, clip } = rules;
  return {
    ...rules,
    ...(aspectOff && { aspectOff: [aspectOff[0] * stretch, aspectOff[1] * stretch] as const }),
    ...(clip !== undefined && clip !== 'image' && { clip: scaled(clip) }),
  };
}
