/** Text as SVG and HTML take it, in attributes too: names come from data and must not become markup. */
export const escapeText = (text: string): string =>
  [...wellFormed(text)]
    .filter((c) => (c >= ' ' && c !== '\ufffe' && c !== '\uffff') || c === '\t' || c === '\n') // no others in XML 1.0
    .join('')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Halves of characters cannot be written in UTF-8. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/**
 * A number as short as a hundredth of a pixel allows.
 *
 * @throws RangeError for one that is not finite, which no viewer draws
 */
export function short(value: number): string {
  if (!Number.isFinite(value))
    throw new RangeError(`picture: a place or size is ${value}; boxes, points and sizes are finite numbers`);
  return `${Math.round(value * 100) / 100}`;
}

/** About how wide a text is, in heights of its letters: of a sans serif as browsers have it. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, c) => sum + (c >= '\u1100' ? 1.05 : /[A-Zmw%@]/.test(c) ? 0.78 : 0.58), 0);
