import { byteReader } from '../data/byteReader.ts';
import { checkName } from './fileTensor.ts';

const endLength = 22;
const longestComment = 0xffff;

/**
 * The entries of a zip file that stores them, by name, as views of it; nothing is inflated, so nothing can grow.
 *
 * @throws FormatError for a file that is cut or damaged, with entries that are compressed, encrypted, overlapping, there
 * twice or called by a way out of a folder
 * @see PKWARE, APPNOTE.TXT, 4.3
 */
export function openZip(bytes: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  const file = byteReader(bytes, name);
  const end = endOf(bytes, file);
  const count = file.u16(end + 10, 'the number of entries');
  const size = file.u32(end + 12, 'the size of the directory');
  const start = file.u32(end + 16, 'the place of the directory');
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff)
    throw file.error(end, 'the directory is of zip64, of a file beyond 4 GiB, which is not read');
  if (start + size > end)
    throw file.error(end, `the directory of ${size} bytes at ${start} runs into its end; is the file damaged?`);

  const entries = new Map<string, Uint8Array>();
  const ranges: { readonly from: number; readonly to: number; readonly entry: string }[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > start + size || file.u32(at, 'an entry') !== 0x02014b50)
      throw file.error(at, `entry ${i + 1} of ${count} is not in the directory; is the file damaged?`);
    const flags = file.u16(at + 8, 'flags');
    const method = file.u16(at + 10, 'a method');
    const packed = file.u32(at + 20, 'a size');
    const whole = file.u32(at + 24, 'a size');
    const nameLength = file.u16(at + 28, 'the length of a name');
    const skipped = file.u16(at + 30, 'the length of extras') + file.u16(at + 32, 'the length of a comment');
    const header = file.u32(at + 42, 'a place');
    const entry = new TextDecoder().decode(file.bytes(at + 46, nameLength, 'a name'));
    checkName(entry, name);
    if (/^[/\\]|\\|^[A-Za-z]:/.test(entry)) throw file.error(at, `the name '${entry}' leads out of the file`);
    if (entries.has(entry)) throw file.error(at, `'${entry}' is there twice`);
    if (flags & 1) throw file.error(at, `'${entry}' is encrypted`);
    if (method !== 0 || packed !== whole)
      throw file.error(
        at,
        `'${entry}' is compressed (method ${method}, ${packed} bytes of ${whole}); torch.save only stores: save it again`,
      );
    if (file.u32(header, `the header of '${entry}'`) !== 0x04034b50)
      throw file.error(header, `the header of '${entry}' is not there; is the file damaged?`);
    const from =
      header + 30 + file.u16(header + 26, 'the length of a name') + file.u16(header + 28, 'the length of extras');
    if (from + whole > start)
      throw file.error(
        header,
        `'${entry}' of ${whole} bytes runs into the directory at ${start}; is the file damaged?`,
      );
    entries.set(entry, file.bytes(from, whole, `'${entry}'`));
    ranges.push({ from: header, to: from + whole, entry });
    at += 46 + nameLength + skipped;
  }
  ranges.sort((a, b) => a.from - b.from);
  for (const [i, { from, entry }] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before && from < before.to) throw file.error(from, `'${entry}' overlaps '${before.entry}'`);
  }
  return entries;
}

/** Where the record is that ends the file. */
function endOf(bytes: Uint8Array, file: ReturnType<typeof byteReader>): number {
  const first = Math.max(0, bytes.length - endLength - longestComment);
  for (let at = bytes.length - endLength; at >= first; at--)
    if (bytes[at] === 0x50 && file.u32(at, 'the end') === 0x06054b50) return at;
  throw file.error(
    Math.max(0, bytes.length - endLength),
    'the directory of the zip file is not there; was the file cut?',
  );
}
