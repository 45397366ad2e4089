import type { Paint } from './drawingKinds.ts';

/** Told apart with any colour vision; the brightest first. @see Okabe and Ito, Color Universal Design, 2008 */
const distinct = ['#f0e442', '#56b4e9', '#d55e00', '#cc79a7', '#009e73', '#e69f00', '#0072b2'] as const;

/** A colour for each class, by its place among the names; with more than seven, colours come again. */
export function classPaints(labels: readonly string[]): (label: string) => Paint {
  const paints = distinct.map((colour): Paint => ({ colour, ink: inkOn(colour) }));
  const places = new Map([...new Set(labels)].map((label, i) => [label, i]));
  return (label) => paints[(places.get(label) ?? places.size) % paints.length] ?? { colour: '#ffffff', ink: '#000000' };
}

/** Red, green and blue of `#rrggbb`, 0-255. */
export function rgbOfHex(colour: string): readonly [red: number, green: number, blue: number] {
  const bits = Number.parseInt(colour.slice(1), 16);
  return [(bits >> 16) & 255, (bits >> 8) & 255, bits & 255];
}

/** Black or white, whichever has more contrast. @see WCAG 2.2, relative luminance */
function inkOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = rgbOfHex(colour).map((x) =>
    x <= 10 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4,
  );
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}
