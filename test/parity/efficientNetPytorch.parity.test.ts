import { holdsTo } from './holds.ts';

holdsTo('efficientnet-pytorch', 2);
