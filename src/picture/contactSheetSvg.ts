import type { ErrorTile } from './contactSheetTile.ts';
import { tileFigures, tileKind } from './contactSheetWords.ts';
import { cut } from './curveLegend.ts';
import { type ChartOptions, chartSvg, checkSome } from './curveShell.ts';
import { escapeText, short } from './markup.ts';

export interface ContactSheetOptions extends Pick<ChartOptions, 'title'> {
  /** Pictures in a row. Default 6. */
  readonly columns?: number;
  /** Of a picture, pixels. Default 180. */
  readonly tileWidth?: number;
}

/**
 * Pictures of errors in rows, each with what it is below: one SVG document.
 *
 * @throws RangeError for no pictures, or a number of columns or a width that cannot be
 */
export function contactSheetSvg(tiles: readonly ErrorTile[], options: ContactSheetOptions = {}): string {
  const { title = '', columns = 6, tileWidth = 180 } = options;
  checkSome('contactSheetSvg', 'tiles', tiles);
  if (!(Number.isInteger(columns) && columns > 0 && tileWidth >= 40 && columns * tileWidth < 1e5))
    throw new RangeError(
      `contactSheetSvg: ${columns} columns of ${tileWidth} pixels; give a whole number of columns, 40 pixels or wider`,
    );
  const shown = Math.min(columns, tiles.length);
  const ratio = Math.max(...tiles.map(({ size: [height, width] }) => height / width));
  const [gap, words] = [12, 54];
  const tileHeight = Math.round(tileWidth * ratio);
  const top = title ? 40 : gap;
  const cells = tiles.map(({ svg, size: [height, width], ...tile }, i) => {
    const x = gap + (i % shown) * (tileWidth + gap);
    const y = top + Math.floor(i / shown) * (tileHeight + words + gap);
    const line = (text: string, down: number, kind: string) =>
      `<text class="${kind}" font-size="12" x="${x}" y="${y + tileHeight + down}">${escapeText(cut(text, (1.1 * tileWidth) / 12))}<title>${escapeText(text)}</title></text>`;
    return `<svg x="${x}" y="${y}" width="${tileWidth}" height="${tileHeight}" viewBox="0 0 ${short(width)} ${short(height)}" preserveAspectRatio="xMidYMax meet">${svg}</svg>${line(tileKind(tile), 16, 'strong')}${line(tileFigures(tile), 31, 'soft')}${line(tile.id, 46, 'soft')}`;
  });
  const rows = Math.ceil(tiles.length / shown);
  const missed = tiles.filter(({ kind }) => kind === 'missed').length;
  return chartSvg({
    title,
    width: gap + shown * (tileWidth + gap),
    height: top + rows * (tileHeight + words + gap),
    about: `${title || 'Errors'}: ${missed} missed objects and ${tiles.length - missed} false detections`,
    body: cells.join('\n'),
  });
}
