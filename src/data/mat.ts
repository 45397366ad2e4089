import { byteReader } from './byteReader.ts';
import { FormatError } from './formatError.ts';
import { inflate } from './inflate.ts';
import { type MatSource, readElement } from './matElement.ts';
import { mi } from './matFormat.ts';
import { type NamedMat, readMatrix } from './matMatrix.ts';
import type { MatValue, MatVariables } from './matValue.ts';

export interface MatOptions {
  /** How errors call the file. Default `readMat`. */
  readonly name?: string;
  /** What compressed variables may inflate to, together. Default 1 GiB. */
  readonly maxBytes?: number;
}

/**
 * Reads the variables of a MATLAB file of level 5 (`-v6`, or `-v7` with compressed variables), of either byte order.
 * Shapes stay as they are; sparse arrays, objects and function handles are passed over as `kind: 'other'`.
 *
 * @throws FormatError for bytes that are no such file, are cut or are damaged
 * @see MathWorks, MAT-File Format
 */
export async function readMat(bytes: Uint8Array, options: MatOptions = {}): Promise<MatVariables> {
  const { name = 'readMat', maxBytes = 2 ** 30 } = options;
  const littleEndian = readHeader(bytes, name);
  const source: MatSource = { reader: byteReader(bytes, name, littleEndian), littleEndian };
  const subsystem = littleEndian ? byteReader(bytes, name).u32(116, 'the header') : 0;
  const variables = new Map<string, MatValue>();
  let left = maxBytes;
  for (let at = 128; at < bytes.length; ) {
    const element = readElement(source, at, bytes.length, 'a variable');
    let variable: NamedMat;
    if (element.type === mi.compressed) {
      const packed = source.reader.bytes(element.start, element.length, 'a variable');
      const where = `${name}: the variable at byte ${at}`;
      const inside = await inflate(packed, left, where);
      left -= inside.length;
      const unpacked: MatSource = { reader: byteReader(inside, `${where}, inflated`, littleEndian), littleEndian };
      variable = readMatrix(unpacked, readElement(unpacked, 0, inside.length, 'a variable'));
    } else variable = readMatrix(source, element);
    if (variables.has(variable.name)) throw source.reader.error(at, `there are two variables ${variable.name}`);
    if (at !== subsystem && variable.name !== '') variables.set(variable.name, variable.value);
    at = element.next;
  }
  return variables;
}

/** Whether the file is little-endian. */
function readHeader(bytes: Uint8Array, name: string): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 116));
  const shown = JSON.stringify(text.slice(0, 19));
  if (bytes.length < 128)
    throw new FormatError(`${name}: a MAT file begins with 128 bytes of header; there are ${bytes.length}`);
  if (text.startsWith('MATLAB 7.3') || text.startsWith('\x89HDF'))
    throw new FormatError(`${name}: the file is HDF5 (MATLAB 7.3); save it again with -v7`);
  const order = String.fromCharCode(...bytes.subarray(126, 128));
  if (order !== 'IM' && order !== 'MI')
    throw new FormatError(
      `${name}: the file begins with ${shown} and marks its byte order by ${JSON.stringify(order)}; a MAT file of level 5 has IM or MI at byte 126`,
    );
  const littleEndian = order === 'IM';
  const version = byteReader(bytes, name, littleEndian).u16(124, 'the version');
  if (version !== 0x0100)
    throw new FormatError(`${name}: the version is 0x${version.toString(16)}; only level 5 (0x100) can be read`);
  return littleEndian;
}
