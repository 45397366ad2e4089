/** The anchors of one level: plain data, known before its map is. */
export interface AnchorLevel {
  /** Of each anchor of a cell, in the order of the head's channels. Pixels of the input. */
  readonly shapes: readonly (readonly [height: number, width: number])[];
  /** From the centre of a cell to the next, pixels of the input. Default the input's size over the map's. */
  readonly step?: readonly [y: number, x: number];
  /**
   * Where in a cell its anchors are centred. `corners` is torchvision's generator: they are at the upper left corner, and a
   * step that is not given is rounded down to whole pixels. Default `centres`.
   */
  readonly grid?: 'centres' | 'corners';
}

export interface AnchorOptions {
  /** What the anchors are, in the order of the head's levels. */
  readonly levels: readonly AnchorLevel[];
  /** The map of each level, cells. */
  readonly maps: readonly { readonly height: number; readonly width: number }[];
  /** Pixels. */
  readonly inputSize: readonly [height: number, width: number];
}

/** Anchors of a cell at each level: what a head must know to be made. */
export const anchorsPerCell = (levels: readonly AnchorLevel[]): number[] => levels.map(({ shapes }) => shapes.length);

/**
 * Every anchor, by level, row, column and shape: as a head's [h, w, a * 4] lies in [h * w * a, 4].
 * -> [n, 4], [y1, x1, y2, x2] in pixels of the input; cell (i, j) has its centre at ((i + 0.5) * step, (j + 0.5) * step), its
 * corner at (i * step, j * step).
 * Nothing is clipped: anchors at the border reach out of the image.
 *
 * @throws RangeError for levels and maps that do not go together, or for sizes that cannot be
 */
export function anchors({ levels, maps, inputSize }: AnchorOptions): Float32Array {
  checkLevels(levels);
  if (maps.length !== levels.length)
    throw new RangeError(`anchors: ${maps.length} maps but anchors for ${levels.length} levels; give one of each`);
  if (!inputSize.every((side) => side > 0 && Number.isFinite(side)))
    throw new RangeError(`anchors: inputSize is [${inputSize}]; both sides must be above 0 pixels`);

  const boxes: number[] = [];
  for (const [l, { shapes, step, grid = 'centres' }] of levels.entries()) {
    const { height = 0, width = 0 } = maps[l] ?? {};
    if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0))
      throw new RangeError(`anchors: map ${l} is ${height}x${width}; both sides must be whole numbers above 0`);
    const [cell, whole] = grid === 'centres' ? [0.5, (x: number) => x] : [0, Math.floor];
    const [stepY, stepX] = step ?? [whole(inputSize[0] / height), whole(inputSize[1] / width)];
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const [y, x] = [(i + cell) * stepY, (j + cell) * stepX];
        for (const [h, w] of shapes) boxes.push(y - h / 2, x - w / 2, y + h / 2, x + w / 2);
      }
  }
  return Float32Array.from(boxes);
}

function checkLevels(levels: readonly AnchorLevel[]): void {
  for (const [l, { shapes, step }] of levels.entries()) {
    if (shapes.length === 0) throw new RangeError(`anchors: level ${l} has no shapes; give at least one anchor a cell`);
    for (const [h, w] of shapes)
      if (!(h > 0 && w > 0))
        throw new RangeError(`anchors: level ${l} has an anchor of ${h}x${w}; sides must be above 0`);
    if (step !== undefined && !step.every((s) => s > 0))
      throw new RangeError(`anchors: level ${l} has steps [${step}]; they must be above 0 pixels`);
  }
}
