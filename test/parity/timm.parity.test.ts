import { holdsTo } from './holds.ts';

holdsTo('timm', 33);
