import { holdsTo } from './holds.ts';

holdsTo('torchvision', 6);
