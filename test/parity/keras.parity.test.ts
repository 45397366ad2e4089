import { holdsTo } from './holds.ts';

holdsTo('keras', 5);
