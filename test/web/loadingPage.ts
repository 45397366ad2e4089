/** What the test of loading workers finds in the page. */
import { batches } from '../../src/data/batches.ts';
import { imageAt, loadingWorkers } from '../../src/web.ts';

Object.assign(globalThis, { batches, imageAt, loadingWorkers });
