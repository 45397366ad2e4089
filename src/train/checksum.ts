/** What every bit of the first byte does to a CRC. */
const table = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 1 ? 0xedb88320 : 0) ^ (sum >>> 1);
  return sum;
});

/** CRC-32 of bytes, eight hexadecimal digits. @see ISO-HDLC; PNG, annex D */
export function crc32(bytes: Uint8Array): string {
  let sum = -1;
  for (let i = 0; i < bytes.length; i++) sum = (table[(sum ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  return (~sum >>> 0).toString(16).padStart(8, '0');
}

/** Stands in the place of a file's checksum while that is reckoned. It is the first text of a safetensors file's metadata. */
export const unsealed = '--------';
const place = 8 + '{"__metadata__":{"sum":"'.length; // 8: the length of the header
const text = new TextEncoder();

const sumOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(place, place + unsealed.length));

/** Writes into a file that was made with `sum: unsealed` the checksum of all of it, that place apart. */
export function seal(bytes: Uint8Array): Uint8Array {
  if (sumOf(bytes) !== unsealed) throw new RangeError('seal: the first text of the metadata is not an open checksum');
  bytes.set(text.encode(crc32(bytes)), place);
  return bytes;
}

/** Whether a file is as it was when it was sealed, to the last bit. */
export function isSealed(bytes: Uint8Array): boolean {
  const open = bytes.slice();
  open.set(text.encode(unsealed).subarray(0, Math.max(0, bytes.length - place)), Math.min(place, bytes.length));
  return sumOf(bytes) === crc32(open);
}
