/** Bytes that 32-bit addresses reach. */
export const mostBytes = 2 ** 32;

/** Bytes of base64 text. */
export function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A module whose memory import takes a shared memory: one byte of it says which. */
export function withSharedMemory(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = module.slice();
  const name = [...'memory'].map((c) => c.charCodeAt(0));
  const at = bytes.findIndex((_, i) => name.every((c, j) => bytes[i + j] === c)) + name.length; // kind 2, then the limits' flag
  if (bytes[at] !== 2 || bytes[at + 1] !== 1)
    throw new TypeError('kernels: their memory import was not found; build them again');
  bytes[at + 1] = 3;
  return bytes;
}
