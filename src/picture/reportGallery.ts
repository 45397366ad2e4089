import type { ErrorTile } from './contactSheetTile.ts';
import { errorWords, tileFigures, tileKind } from './contactSheetWords.ts';
import { fillStyle } from './curveLegend.ts';
import { svgImage } from './dataUri.ts';
import { keyItems } from './drawingKinds.ts';
import { escapeText } from './markup.ts';
import { section } from './reportParts.ts';
import type { ReportRun } from './reportRun.ts';

/** A picture, and the runs that make this error. */
interface GalleryCard {
  readonly tile: ErrorTile;
  readonly runs: readonly number[];
}

/** The worst errors, and what chooses among them: by kind, run, height, score and image. Without scripts all are there. */
export function gallerySection(runs: readonly ReportRun[]): string {
  const cards = cardsOf(runs);
  if (cards.length === 0) return '';
  const key = keyItems(cards.map(({ tile }) => tile.svg));
  const figures = cards.map(({ tile, runs: own }, i) => {
    const { kind, why, height, score, id, svg } = tile;
    const data = [
      `data-kind="${escapeText(kind)}" data-why="${escapeText(why)}" data-height="${Math.round(height)}" data-runs="${own.join(' ')}" data-name="${escapeText(id.toLowerCase())}"`,
      score === undefined ? '' : ` data-score="${score}"`,
    ].join('');
    const by =
      runs.length > 1 ? `<span class="by">${own.map((run) => badge(run, runs[run]?.name ?? '')).join('')}</span>` : '';
    return `<figure id="case-${i}" ${data}><a href="#case-${i}" aria-label="enlarge">${svgImage(svg)}</a><a class="close" href="#gallery">smaller</a><figcaption><b>${escapeText(tileKind(tile))}</b>${by}<span>${escapeText(tileFigures(tile))}</span><span class="soft">${escapeText(id)}</span></figcaption></figure>`;
  });
  return section(
    'gallery',
    'Worst errors',
    `<ul class="key">${key.join('')}</ul>\n${filters(runs, cards)}\n<div class="gallery">\n${figures.join('\n')}\n</div>`,
  );
}

/** Pictures of all runs in turn; an object that several miss is shown once. */
function cardsOf(runs: readonly ReportRun[]): GalleryCard[] {
  const seen = new Set<string>();
  const missedBy = runs.map(({ errors }) => new Set(errors?.misses.map(({ image, object }) => `${image}/${object}`)));
  const longest = Math.max(...runs.map(({ gallery = [] }) => gallery.length));
  const turns = Array.from({ length: longest }, (_, i) => i);
  return turns.flatMap((turn) =>
    runs.flatMap(({ gallery = [] }, run): GalleryCard[] => {
      const tile = gallery[turn];
      if (tile === undefined) return [];
      if (tile.kind === 'false') return [{ tile, runs: [run] }];
      const key = `${tile.id}/${tile.index}/${tile.height}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const others = runs.flatMap((other, i) => {
        const shown = other.gallery?.some(
          (one) => one.kind === 'missed' && `${one.id}/${one.index}/${one.height}` === key,
        );
        const alike = runs[run]?.errors?.truths === other.errors?.truths;
        const missed = alike && missedBy[i]?.has(`${tile.image}/${tile.index}`);
        return i === run || shown || missed ? [i] : [];
      });
      return [{ tile, runs: others }];
    }),
  );
}

const badge = (run: number, name: string) =>
  `<span class="badge"><svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" rx="2" ${fillStyle(run)}/></svg>${escapeText(name)}</span>`;

/** Shown by the script that makes them work. */
function filters(runs: readonly ReportRun[], cards: readonly GalleryCard[]): string {
  const option = (value: string, text: string) => `<option value="${escapeText(value)}">${escapeText(text)}</option>`;
  const select = (name: string, label: string, options: readonly string[]) =>
    `<label>${label} <select name="${name}">${options.join('')}</select></label>`;
  const range = (name: string, label: string, step: string) =>
    `<span class="range">${label} <input type="number" name="${name}From" step="${step}" min="0" placeholder="from" aria-label="${label} from"> <input type="number" name="${name}To" step="${step}" min="0" placeholder="to" aria-label="${label} to"></span>`;
  const whys = new Map(
    cards.map(({ tile: { kind, why } }) => [`${kind}: ${why}`, `${kind}: ${errorWords(kind, why)}`]),
  );
  const kinds = [
    option('', 'all'),
    option('missed', 'all missed'),
    option('false', 'all false'),
    ...[...whys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([value, text]) => option(value, text)),
  ];
  const by = runs.flatMap(({ name }, i) => [option(`has ${i}`, name), option(`only ${i}`, `${name} alone`)]);
  const orders = [
    option('', 'worst first'),
    option('score', 'by score'),
    option('tall', 'tallest first'),
    option('small', 'smallest first'),
  ];
  return `<form class="filters" hidden>${select('kind', 'Errors', kinds)}${
    runs.length > 1
      ? select('run', 'of', [option('', 'any'), ...by, option('all', runs.length === 2 ? 'both' : 'all')])
      : ''
  }${range('height', 'Height', '1')}${range('score', 'Score', 'any')}<label>Image <input type="search" name="image" size="12"></label>${select('order', 'Order', orders)}<button type="reset">Reset</button> <output></output></form>`;
}
