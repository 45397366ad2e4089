import { FormatError } from '../data/formatError.ts';

const [signature, version, letter] = [0x4c4f4347, 1, 0x47]; // GCOL, which begins with G
const headerLength = 16;

/**
 * Checks the heaps that hold the texts of an HDF5 file: the library does not come back from one whose parts do not go on.
 *
 * @throws FormatError for a part that is empty or leaves its heap
 * @see HDF5 File Format Specification, III.E, Global Heap
 */
export function checkHeaps(bytes: Uint8Array, name: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = (at: number) => view.getUint32(at, true) + 2 ** 32 * view.getUint32(at + 4, true);
  for (let heap = bytes.indexOf(letter); heap >= 0; heap = bytes.indexOf(letter, heap + 1)) {
    if (heap + headerLength > bytes.length) return;
    if (view.getUint32(heap, true) !== signature || view.getUint32(heap + 4, true) !== version) continue;
    const end = heap + length(heap + 8);
    if (end > bytes.length)
      throw new FormatError(`${name}: byte ${heap}: a heap of the HDF5 file leaves it; was it cut?`);
    let at = heap + headerLength;
    while (at + headerLength <= end) {
      const own = length(at + 8);
      const taken = view.getUint16(at, true) === 0 ? own : headerLength + Math.ceil(own / 8) * 8;
      if (taken < headerLength || at + taken > end)
        throw new FormatError(
          `${name}: byte ${at}: a part of ${own} bytes is not in its heap; the HDF5 file is damaged`,
        );
      at += taken;
    }
  }
}
