import { FormatError } from './formatError.ts';
import type { RgbImage } from './image.ts';
import type { SeqFrame } from './seq.ts';
import type { SeqHeader } from './seqHeader.ts';

/** Decodes a JPEG or PNG file; each runtime has its own. */
export type ImageDecoder = (bytes: Uint8Array, options: { readonly name: string }) => Promise<RgbImage>;

/**
 * The pixels of a frame.
 *
 * @throws FormatError for an image that does not decode, or is of another size than the header says
 */
export async function seqImage(
  frame: SeqFrame,
  header: SeqHeader,
  decode: ImageDecoder,
  name: string,
): Promise<RgbImage> {
  const { width, height } = header;
  if (frame.codec === 'jpeg' || frame.codec === 'png') {
    const image = await decode(frame.bytes, { name });
    if (image.width !== width || image.height !== height)
      throw new FormatError(`${name}: the image is ${image.height}x${image.width}; the header says ${height}x${width}`);
    return image;
  }
  const data = new Uint8Array(3 * width * height);
  const step = frame.codec === 'bgr' ? 3 : 1;
  const [red, green] = frame.codec === 'bgr' ? [2, 1] : [0, 0];
  for (let from = 0, to = 0; to < data.length; from += step, to += 3) {
    data[to] = frame.bytes[from + red] ?? 0;
    data[to + 1] = frame.bytes[from + green] ?? 0;
    data[to + 2] = frame.bytes[from] ?? 0;
  }
  return { width, height, data };
}
