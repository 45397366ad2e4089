import { dataUri, svgImage } from './dataUri.ts';
import { drawingSvg } from './drawing.ts';
import { keyItems } from './drawingKinds.ts';
import { escapeText } from './markup.ts';
import { section } from './reportParts.ts';
import type { RunEpoch, RunPicture, RunStory } from './runStory.ts';

/** Epochs side by side, at most. */
const most = 5;
/** Boxes from this score on are shown. */
const from = 0.3;

/** The same held-out images after some epochs, so that one sees a detector learn: a row for each image. */
export function pictureSection({ ended, files }: RunStory): string {
  const judged = ended.filter(({ held }) => held?.shown !== undefined);
  const epochs = chosen(judged);
  const last = epochs.at(-1)?.held?.shown ?? [];
  const seen = last.filter(({ id }) => files?.has(id));
  if (seen.length === 0) return '';
  const grounds = seen.map(
    ({ id }, i) => `.ground-${i}{background-image:url(${dataUri(files?.get(id) ?? new Uint8Array())})}`,
  );
  const drawings: string[] = [];
  const rows = seen.map(({ id, size: [height, width] }, i) => {
    const cells = epochs.flatMap(({ epoch, held }) => {
      const own = held?.shown?.find((one) => one.id === id);
      if (own === undefined) return [];
      const { svg, boxes } = drawn(own);
      drawings.push(svg);
      const shape = `style="aspect-ratio:${width}/${height}"`;
      return [
        `<figure><div class="ground ground-${i}" ${shape}>${svgImage(svg)}</div><figcaption>epoch ${epoch} <span class="soft">· ${boxes === 1 ? '1 box' : `${boxes} boxes`}</span></figcaption></figure>`,
      ];
    });
    return `<h3>${escapeText(id)}</h3><div class="strip" tabindex="0">${cells.join('\n')}</div>`;
  });
  return section(
    'pictures',
    'Detections over epochs',
    `<style>${grounds.join('\n')}</style><ul class="key">${keyItems(drawings).join('')}<li class="soft">boxes from a score of ${from} on</li></ul>\n${rows.join('\n')}`,
  );
}

function drawn({ size: [height, width], truths, detections }: RunPicture): {
  readonly svg: string;
  readonly boxes: number;
} {
  const shown = detections.filter(({ score }) => score >= from);
  return { svg: drawingSvg({ width, height, truths, detections: shown, scale: width / 240 }), boxes: shown.length };
}

/** The first, the last, and some between at even steps. */
function chosen(epochs: readonly RunEpoch[]): RunEpoch[] {
  if (epochs.length <= most) return [...epochs];
  const places = Array.from({ length: most }, (_, i) => Math.round((i * (epochs.length - 1)) / (most - 1)));
  return places.flatMap((place) => epochs[place] ?? []);
}

export const pictureStyle = `
.strip{display:flex;gap:.7rem;overflow-x:auto;padding-bottom:.6rem;margin-bottom:.8rem;scroll-snap-type:x proximity}
.strip figure{flex:0 1 20rem;min-width:13rem;scroll-snap-align:start}
.strip figcaption{font-size:.85rem;padding-top:.25rem}
.ground{background-size:100% 100%;border-radius:4px;overflow:hidden}
.ground img{display:block;width:100%;height:100%}
@media print{.strip{flex-wrap:wrap;overflow:visible}.strip figure{flex-basis:30%}}
`;
