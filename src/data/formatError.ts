/** Bytes or text that are not what their format asks for; its message names the source, the place and the value. */
export class FormatError extends RangeError {
  override readonly name = 'FormatError';

  /** What a file says may stand in the message: it comes out printable, and not longer than a message is. */
  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** Characters of a message at most. */
const longest = 1000;

/** Text with what a terminal obeys (controls, and marks that turn the direction of reading) as escapes. */
export function printable(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}...` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return short.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (odd) =>
    odd === '\n' ? ' ' : `\\u${odd.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Whether an error is about what a file contains, of whichever copy of the package. */
export function isFormatError(error: unknown): error is FormatError {
  return error instanceof Error && error.name === 'FormatError';
}
