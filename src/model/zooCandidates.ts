import * as scaled from '../backbone/efficientNet.ts';
import * as lite from '../backbone/efficientNetLite.ts';
import * as v2 from '../backbone/efficientNetV2.ts';
import { torchvision } from '../backbone/variant.ts';
import { vgg16, vgg16BatchNorm } from '../backbone/vgg.ts';
import type { HasParts } from '../core/block.ts';
import type { Candidate } from '../weights/fitting.ts';
import * as liteDetectors from './efficientDetLite.ts';
import * as detectors from './efficientDetSizes.ts';
import { ssd300 } from './ssd.ts';

type Classifying = (options: { readonly classes: number }) => HasParts;

const factories = (of: object): readonly (readonly [name: string, make: Classifying])[] =>
  Object.entries(of).filter(
    (entry): entry is [string, Classifying] => typeof entry[1] === 'function' && /\d|S$|M$|L$|Xl$/.test(entry[0]),
  );

/** Published models whose weights somebody may give to another model. Made only to name the right one in an error. */
export const zooCandidates: readonly Candidate[] = [
  ...[...factories(scaled), ...factories(lite), ...factories(v2), ...factories({ vgg16, vgg16BatchNorm })].map(
    ([name, make]): Candidate => ({ name: `${name}({ classes: 1000 })`, make: () => make({ classes: 1000 }) }),
  ),
  ...[...factories(detectors), ...factories(liteDetectors)].map(
    ([name, make]): Candidate => ({ name: `${name}({ classes: 90 })`, make: () => make({ classes: 90 }) }),
  ),
  {
    name: 'ssd300({ classes: 90, variant: torchvision })',
    make: () => ssd300({ classes: 90, variant: torchvision }),
  },
];
