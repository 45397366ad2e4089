import { FormatError } from './formatError.ts';

/**
 * Inflates a zlib stream (RFC 1950) with what every runtime has, and stops where it grows beyond `limit` bytes.
 *
 * @throws FormatError for a stream that is damaged, cut or too large
 */
export async function inflate(bytes: Uint8Array, limit: number, where: string): Promise<Uint8Array> {
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes));
      controller.close();
    },
  });
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FormatError(
        `${where}: ${bytes.length} compressed bytes do not inflate (${reason}); is the file damaged?`,
      );
    });
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new FormatError(
        `${where}: ${bytes.length} compressed bytes inflate to more than ${limit}; raise maxBytes if the file is trusted`,
      );
    }
    chunks.push(value);
  }
  return joinBytes(chunks);
}

/** All parts, one after another. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
