/**
 * Letters for pictures without a font: U+0020 to U+007E, then × and …, nine rows each, a digit of base 32 a row, whose five
 * bits are its columns from the left. Capitals fill seven rows; two more go below the line.
 */
const glyphs = `
  000000000 444440400 aaa000000 aavavaa00 4fke5u400 op248j300 cik8lid00 444000000 248884200 842224800 04lel4000
  044v44000 000006624 000e00000 00000cc00 01248g000 ehjlphe00 4c4444e00 eh1248v00 v2421he00 26aiv2200 vgu11he00
  68guhhe00 v12488800 ehhehhe00 ehhf12c00 00cc0cc00 006606624 248g84200 00v0v0000 842124800 eh1240400 eh1dlle00
  ehhhvhh00 uhhuhhu00 ehggghe00 sihhhis00 vgguggv00 vgguggg00 ehgnhhf00 hhhvhhh00 e44444e00 72222ic00 hikokih00
  ggggggv00 hrllhhh00 hhpljhh00 ehhhhhe00 uhhuggg00 ehhhlid00 uhhukih00 fgge11u00 v44444400 hhhhhhe00 hhhhha400
  hhhllla00 hha4ahh00 hhha44400 v1248gv00 e88888e00 0g8421000 e22222e00 4ah000000 0000000v0 842000000 00e1fhf00
  ggmphhu00 00egghe00 11djhhf00 00ehvge00 698s88800 00fhhhf1e ggmphhh00 40c444e00 2062222ic ggikoki00 c44444e00
  00qllll00 00mphhh00 00ehhhe00 00uhhhugg 00fhhhf11 00mpggg00 00fge1u00 88s889600 00hhhjd00 00hhha400 00hhlla00
  00ha4ah00 00hhhhf1e 00v248v00 244844200 444444400 844244800 008l20000 00ha4ah00 000000l00
`;
const unknown = 'vhhhhhv00'; // an empty frame
let rows: Map<string, readonly number[]> | undefined;

/** Nine rows of five bits, the highest at the left. What the font lacks is an empty frame. */
export function glyphOf(letter: string): readonly number[] {
  const bits = (digits: string) => [...digits].map((digit) => Number.parseInt(digit, 32));
  rows ??= new Map(
    glyphs
      .trim()
      .split(/\s+/)
      .map((digits, i) => [i < 95 ? String.fromCharCode(32 + i) : i === 95 ? '×' : '…', bits(digits)] as const),
  );
  return rows.get(letter) ?? bits(unknown);
}

const spelled: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
};

/** A text in letters of the font as far as they go: accents are left out, ß is ss. */
export const plainLetters = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^ -~]/gu, (letter) => spelled[letter] ?? letter);
