import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine that answers as a test says, and remembers what it was asked. */
export async function serve() {
  const asked: IncomingMessage[] = [];
  let answer: Answer = (_, response) => response.writeHead(404).end();
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const port = typeof at === 'object' ? at?.port : undefined;
  return {
    asked,
    origin: `http://127.0.0.1:${port}`,
    /** Sets what each next request gets, the last one for all after it. */
    answers: (...list: Answer[]) => {
      asked.length = 0;
      let i = 0;
      answer = (request, response) => list[Math.min(i++, list.length - 1)]?.(request, response);
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A file as honest servers send it: whole, or from where the request asks. */
export const file =
  (bytes: Uint8Array, headers: { readonly [name: string]: string } = { etag: '"one"' }): Answer =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    const part = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { ...headers, ...(from > 0 ? range : {}), 'content-length': part.length });
    response.end(part);
  };

/** As `file`, but the connection breaks after so many bytes. */
export const broken =
  (bytes: Uint8Array, after: number, headers: { readonly [name: string]: string } = { etag: '"one"' }): Answer =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const range = { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
    const part = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { ...headers, ...(from > 0 ? range : {}), 'content-length': part.length });
    response.write(part.subarray(0, after), () => setTimeout(() => response.destroy(), 20));
  };

export const status =
  (code: number, headers: { readonly [name: string]: string } = {}): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end('no');
