/** Text as SVG and HTML take it, in attributes too: names come from data and must not become markup. */
export const escapeText = (text: string): string =>
  [...text]
    .filter((c) => c >= ' ' || c === '\t' || c === '\n') // what else is below a space, XML 1.0 does not allow
    .join('')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A number as short as a hundredth of a pixel allows. */
export const short = (value: number): string => `${Math.round(value * 100) / 100}`;
