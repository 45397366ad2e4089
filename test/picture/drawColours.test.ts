import { describe, expect, it } from 'vitest';
import { classPaints, rgbOfHex } from '../../src/picture/drawColours.ts';

const names = Array.from({ length: 7 }, (_, i) => `class ${i}`);
const paints = names.map(classPaints(names));

/** Linear light. @see IEC 61966-2-1 */
const linear = (hex: string) =>
  rgbOfHex(hex).map((x) => (x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4));
const luminance = (hex: string) => linear(hex).reduce((sum, x, i) => sum + x * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
const contrast = (a: string, b: string) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};
/** How eyes without one kind of cone see linear RGB. @see Machado, Oliveira and Fernandes, 2009, severity 1 */
const eyes = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const times = (m: readonly number[], v: readonly number[]) =>
  [0, 1, 2].map((row) => v.reduce((sum, x, i) => sum + x * (m[3 * row + i] ?? 0), 0));
/** CIE Lab under D65. @see CIE 15 */
function lab(rgb: readonly number[]) {
  const xyz = times([0.4124, 0.3576, 0.1805, 0.2126, 0.7152, 0.0722, 0.0193, 0.1192, 0.9505], rgb);
  const [x = 0, y = 0, z = 0] = [0.9505, 1, 1.089].map((white, i) => {
    const t = Math.max(0, xyz[i] ?? 0) / white;
    return t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe('colours of classes', () => {
  it.each(Object.entries(eyes))('are apart from each other for eyes of %s', (_, matrix) => {
    const seen = paints.map(({ colour }) => lab(times(matrix, linear(colour))));
    for (const [i, a] of seen.entries())
      for (const b of seen.slice(i + 1)) expect(Math.hypot(...a.map((x, k) => x - (b[k] ?? 0)))).toBeGreaterThan(10); // 2 is just noticeable
  });
  it('carry letters that can be read, and stand out from the dark lines beside them', () => {
    for (const { colour, ink } of paints) {
      expect(contrast(colour, ink)).toBeGreaterThan(4.5); // WCAG's AA
      expect(contrast(colour, '#000000')).toBeGreaterThan(3); // WCAG's for graphics
    }
  });
  it('come again after seven', () => {
    const nine = Array.from({ length: 9 }, (_, i) => `${i}`);
    expect(classPaints(nine)('7')).toEqual(classPaints(nine)('0'));
    expect(classPaints(nine)('not one of them').colour).toMatch(/^#/);
  });
});
