import { render } from './augmentRender.ts';
import type { RgbImage } from './image.ts';
import type { Answer, Failure, Place, Request } from './loaders.ts';

/** Reads an image that lies somewhere, and holds it to its size. */
export type ReadPlace = (place: Place) => Promise<RgbImage>;

const failure = (error: unknown): Failure =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };

/** Requests under way: while one image is drawn another is read, and no more are in memory. */
const atOnce = 2;

/** What a worker does: answers requests in their order, its memory given away with the answer. */
export function serving(
  read: ReadPlace,
  post: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (request: Request) => void {
  const waiting: Request[] = [];
  let busy = 0;
  return (request) => {
    waiting.push(request);
    next();
  };

  function next(): void {
    const request = busy < atOnce ? waiting.shift() : undefined;
    if (request === undefined) return;
    busy++;
    answer(request).finally(() => {
      busy--;
      next();
    });
  }

  async function answer(request: Request): Promise<void> {
    const { id } = request;
    let picture: number | undefined;
    try {
      if (request.kind === 'read') {
        const image = owned(await read(request.place));
        return post({ id, kind: 'read', image }, [image.data.buffer]);
      }
      const { drawing, pictures, into } = request;
      const images = new Map<number, RgbImage>();
      const results = await Promise.allSettled(
        [...pictures].map(async ([number, one]) => images.set(number, 'at' in one ? await read(one) : one)),
      );
      const bad = results.findIndex(({ status }) => status === 'rejected');
      const result = results[bad];
      if (result?.status === 'rejected') {
        picture = [...pictures.keys()][bad];
        throw result.reason;
      }
      const pixels = into ?? new Float32Array(3 * drawing.size[0] * drawing.size[1]);
      render((number) => pictureOf(images, number), drawing, pixels);
      post({ id, kind: 'drawn', pixels }, [pixels.buffer]);
    } catch (error) {
      post({ id, kind: 'failed', ...(picture === undefined ? {} : { picture }), error: failure(error) }, []);
    }
  }
}

function pictureOf(images: ReadonlyMap<number, RgbImage>, number: number): RgbImage {
  const image = images.get(number);
  if (image === undefined) throw new RangeError(`batches: a worker was not sent picture ${number}`);
  return image;
}

/** A copy in memory of its own: what a decoder gives may not be given away. */
function owned({ width, height, data }: RgbImage): RgbImage & { readonly data: Uint8Array<ArrayBuffer> } {
  return { width, height, data: new Uint8Array(data) };
}
