/** Pixels in RGB order, rows from the top, three bytes a pixel. */
export interface RgbImage {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `3 * width * height` bytes. */
  readonly data: Uint8Array;
}
