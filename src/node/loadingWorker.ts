import { parentPort } from 'node:worker_threads';
import type { Request } from '../data/loaders.ts';
import { serving } from '../data/loadersServe.ts';
import { readPlace } from './imageFile.ts';

// What a worker of loadingWorkers runs: a file of its own, beside the library's.
const answer = serving(readPlace, (reply, transfer) => parentPort?.postMessage(reply, transfer));
parentPort?.on('message', (request: Request) => answer(request));
