import type { ErrorPlace, ErrorTile } from './contactSheetTile.ts';

/** What sorts of errors are called where people read them. */
const words: Readonly<Record<ErrorPlace['kind'], Readonly<Record<string, string>>>> = {
  missed: {
    score: 'score too low',
    localisation: 'box is off',
    duplicate: 'box took a neighbour',
    confusion: 'another class',
    missed: 'nothing near',
  },
  false: { localisation: 'box is off', duplicate: 'found twice', confusion: 'another class', background: 'background' },
};

/** A sort of error in words; one that is not known, as it is. */
export const errorWords = (kind: ErrorPlace['kind'], why: string): string =>
  (Object.hasOwn(words[kind], why) ? words[kind][why] : undefined) ?? why;

/** What a picture shows. */
export const tileKind = ({ kind, why }: Pick<ErrorTile, 'kind' | 'why'>): string => `${kind}: ${errorWords(kind, why)}`;

/** Its score and its height. */
export const tileFigures = ({ height, score }: Pick<ErrorTile, 'height' | 'score'>): string =>
  `${score === undefined ? '' : `score ${score.toFixed(2)}, `}${Math.round(height)} px high`;
