import { holdsTo } from './holds.ts';

holdsTo('effdet', 8);
