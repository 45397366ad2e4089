/** Bytes or text that are not what their format asks for; its message names the source, the place and the value. */
export class FormatError extends RangeError {
  override readonly name = 'FormatError';
}

/** Whether an error is about what a file contains, of whichever copy of the package. */
export function isFormatError(error: unknown): error is FormatError {
  return error instanceof Error && error.name === 'FormatError';
}
