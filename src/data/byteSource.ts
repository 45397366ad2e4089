/** Bytes at any place of something that need not fit into memory: a file, an array, a ranged download. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** The bytes from `offset` on: `length` of them, or fewer where the source ends. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
}

/** Bytes in memory as a source; what is read is a view of them. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}
