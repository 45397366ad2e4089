/** How a picture is stored: EXIF's 1 to 8; 1 is upright. */
type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const isOrientation = (x: number): x is Orientation => Number.isInteger(x) && x >= 1 && x <= 8;

/**
 * The EXIF mark of a JPEG or PNG file; 1 where it has none, or a damaged one, as viewers take it.
 *
 * @see EXIF 2.32, 4.6.2 and tag 0x0112; PNG 3, eXIf
 */
export function orientationOf(file: Uint8Array): Orientation {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  try {
    return file[0] === 0x89 ? ofPng(view) : ofJpeg(view);
  } catch (error) {
    if (error instanceof RangeError) return 1; // read behind the end
    throw error;
  }
}

function ofJpeg(view: DataView): Orientation {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + Math.max(2, view.getUint16(at + 2))) {
    const mark = view.getUint8(at + 1);
    if (mark === 0xda || mark === 0xd9) return 1; // pixels follow
    if (mark === 0xe1 && view.getUint32(at + 4) === 0x45786966) return ofTiff(view, at + 10); // Exif, 0, 0
  }
  return 1;
}

function ofPng(view: DataView): Orientation {
  for (let at = 8; ; at += 12 + view.getUint32(at)) {
    const type = view.getUint32(at + 4);
    if (type === 0x49444154 || type === 0x49454e44) return 1; // IDAT, IEND
    if (type === 0x65584966) return ofTiff(view, at + 8); // eXIf
  }
}

function ofTiff(view: DataView, start: number): Orientation {
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    const value = view.getUint16(entry + 8, little);
    if (view.getUint16(entry, little) === 0x0112) return isOrientation(value) ? value : 1;
  }
  return 1;
}

/** The size of a stored picture as a person sees it, and the SVG transform that makes it so; empty for none. */
export function upright(
  { width: w, height: h }: { readonly width: number; readonly height: number },
  orientation: Orientation,
): { readonly width: number; readonly height: number; readonly transform: string } {
  const matrices = {
    1: '',
    2: `matrix(-1 0 0 1 ${w} 0)`,
    3: `matrix(-1 0 0 -1 ${w} ${h})`,
    4: `matrix(1 0 0 -1 0 ${h})`,
    5: 'matrix(0 1 1 0 0 0)',
    6: `matrix(0 1 -1 0 ${h} 0)`,
    7: `matrix(0 -1 -1 0 ${h} ${w})`,
    8: `matrix(0 -1 1 0 0 ${w})`,
  };
  const turned = orientation >= 5;
  return { width: turned ? h : w, height: turned ? w : h, transform: matrices[orientation] };
}
