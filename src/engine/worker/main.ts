import { nodeBuiltin } from '../run/nodeBuiltin.ts';
import { type Post, serve } from './serve.ts';
import type { Request } from './wire.ts';

// What runs in the worker: scripts/worker.mjs makes a text of it. In Node it listens to its parent, in a page to the page.
interface Parent {
  readonly postMessage: (what: unknown, moved?: readonly ArrayBuffer[]) => void;
  readonly on: (event: 'message', hear: (request: Request) => void) => void;
}
interface Scope {
  readonly postMessage: (what: unknown, moved?: readonly ArrayBuffer[]) => void;
  onmessage: (event: { readonly data: Request }) => void;
}
const scope = globalThis as unknown as Scope;
const parent = nodeBuiltin<{ readonly parentPort?: Parent }>('node:worker_threads')?.parentPort;
const post: Post = (answer, moved = []) => (parent ?? scope).postMessage(answer, moved);
const hear = serve(post);
if (parent) parent.on('message', hear);
else scope.onmessage = ({ data }) => hear(data);
