import type { Box } from '../core/annotation.ts';
import { type Kind, looks, outline } from './drawingKinds.ts';
import { escapeText, short } from './markup.ts';
import type { PlayerFrame } from './playerFrame.ts';

interface Place {
  readonly width: number;
  readonly height: number;
  /** What is shown at first. */
  readonly score: number;
  /** Whether labels have the class's name. Default no. */
  readonly named?: boolean;
}

type Boxes = Pick<PlayerFrame, 'truths' | 'detections' | 'matches'>;

/**
 * The boxes of a frame, each in a group that says from which score on it is to be seen: `data-from`, and for a missed
 * object `data-until`, the score of the detection that finds it. Since each detection is matched after all that score
 * higher, leaving out those of low scores changes no other match.
 */
export function overlaySvg({ truths, detections, matches }: Boxes, { width, height, score, named }: Place): string {
  const scale = Math.min(width, 1.6 * height) / 580; // shown wider than drawings in a gallery
  const matched = new Map(matches?.detections.map((match) => [match.index, match]));
  const counted = new Set(matches?.counted);
  const finders = new Map(
    matches?.detections.flatMap(({ index, object }) =>
      object === undefined ? [] : [[object, detections[index]?.score ?? 0] as const],
    ),
  );
  const group = (kind: Kind, layer: string, box: Box, text: string, limits: string, shown: boolean) =>
    `<g class="${layer}" ${limits}${shown ? '' : ' style="display:none"'}>${outline(box, kind, scale, looks[kind].colour)}${text && tag(text, kind, box, { width, scale })}</g>`;
  const there = truths.flatMap((truth, i) => {
    if (truth.ignore !== undefined) return [group('ignored', 'grey', truth.box, '', '', true)];
    if (!counted.has(i)) return [group('uncounted', 'grey', truth.box, '', '', true)];
    const finder = finders.get(i);
    const until = finder === undefined ? '' : ` data-until="${finder}"`; // missed at every score without one
    const missed = group(
      'missed',
      'truth',
      truth.box,
      'missed',
      `data-missed=""${until}`,
      !(finder !== undefined && score <= finder),
    );
    if (finder === undefined) return [missed];
    return [missed, group('truth', 'truth', truth.box, '', `data-found="" data-from="${finder}"`, score <= finder)];
  });
  const found = [...detections.entries()]
    .sort(([, a], [, b]) => a.score - b.score)
    .map(([index, { box, score: own, label }]) => {
      const hit = matches === undefined ? true : matched.get(index)?.hit;
      const kind = hit === undefined ? 'uncounted' : hit ? 'hit' : 'false';
      const mark = hit === false ? ' data-false=""' : matches === undefined ? ' data-seen=""' : '';
      return group(
        kind,
        hit === undefined ? 'grey' : 'found',
        box,
        named ? `${label} ${own.toFixed(2)}` : own.toFixed(2),
        `data-from="${own}"${mark}`,
        score <= own,
      );
    });
  return `<svg viewBox="0 0 ${short(width)} ${short(height)}" font-family="ui-monospace,monospace" font-weight="600" fill="none" stroke-linejoin="round" aria-hidden="true">${there.join('')}${found.join('')}</svg>`;
}

/** A label on the upper edge of a box, below it for a missed object, within the frame. */
function tag(
  text: string,
  kind: Kind,
  [y1, x1, y2]: Box,
  { width, scale }: { readonly width: number; readonly scale: number },
): string {
  const { colour, ink, mark } = looks[kind];
  const words = `${mark}${text}`;
  const [wide, tall] = [(6.7 * words.length + 5) * scale, 14 * scale];
  const above = kind === 'missed' ? y2 : y1 - tall;
  const y = Math.max(0, above);
  const x = Math.max(0, Math.min(width - wide, x1));
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(wide)}" height="${short(tall)}" fill="${colour}"/><text x="${short(x + 2.5 * scale)}" y="${short(y + 10.8 * scale)}" font-size="${short(11 * scale)}" fill="${ink}">${escapeText(words)}</text>`;
}
