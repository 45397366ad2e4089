import type { Annotation, Box, Detection } from '../core/annotation.ts';
import { escapeText, short } from './markup.ts';

export interface Drawing {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** A JPEG or PNG file, shown below the boxes. Default none. */
  readonly image?: Uint8Array;
  /** What was found. */
  readonly detections?: readonly Detection[];
  /** Indices of detections that found something; given, the others are drawn as false. */
  readonly hits?: ReadonlySet<number>;
  /** What is there: objects dashed, ignored regions hatched. */
  readonly truths?: readonly Annotation[];
  /** Lines and letters this many times larger. Default by the image's size. */
  readonly scale?: number;
}

/**
 * Boxes over an image as an SVG document: light strokes on dark halos, filled labels, legible on any photograph.
 *
 * @throws TypeError for an image that is neither JPEG nor PNG
 */
export function drawingSvg(drawing: Drawing): string {
  const { width, height, image, detections = [], hits, truths = [] } = drawing;
  const scale = drawing.scale ?? Math.max(0.6, Math.min(width, height) / 400);
  const picture = image ? `<image width="${width}" height="${height}" href="${dataUri(image)}"/>` : '';
  const ignored = truths.filter(({ ignore }) => ignore !== undefined).map(({ box }) => rect(box, 'ignored'));
  const objects = truths.filter(({ ignore }) => ignore === undefined).map(({ box }) => rect(box, 'truth'));
  const found = detections.map(({ box, score, label }, i) => {
    const kind = hits === undefined || hits.has(i) ? 'hit' : 'false';
    const text = `${escapeText(label)} ${score.toFixed(2)}`;
    const [y1, x1] = box;
    const [wide, tall] = [(text.length * 6 + 6) * scale, 13 * scale];
    const at = Math.max(0, y1 - tall);
    return (
      rect(box, kind) +
      `<rect class="${kind} filled" x="${short(x1)}" y="${short(at)}" width="${short(wide)}" height="${short(tall)}"/>` +
      `<text x="${short(x1 + 3 * scale)}" y="${short(at + 10 * scale)}">${text}</text>`
    );
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>rect{fill:none}.halo{stroke:#000;stroke-opacity:.65;stroke-width:${short(3.4 * scale)}}.hit{stroke:#3df57a}.false{stroke:#ff5a5a}.truth{stroke:#fff;stroke-dasharray:${short(5 * scale)} ${short(3 * scale)}}.ignored{stroke:#ffc83d;fill:url(#hatch)}.hit,.false,.truth,.ignored{stroke-width:${short(1.6 * scale)}}.filled{stroke:none}.hit.filled{fill:#3df57a}.false.filled{fill:#ff5a5a}text{font:600 ${short(9.5 * scale)}px ui-monospace,monospace;fill:#06120a}</style>
<defs><pattern id="hatch" width="${short(6 * scale)}" height="${short(6 * scale)}" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V${short(6 * scale)}" stroke="#ffc83d" stroke-opacity=".55" stroke-width="${short(2 * scale)}"/></pattern></defs>
${picture}${ignored.join('')}${objects.join('')}${found.join('')}
</svg>`;
}

function rect([y1, x1, y2, x2]: Box, kind: string): string {
  const place = `x="${short(x1)}" y="${short(y1)}" width="${short(Math.max(0, x2 - x1))}" height="${short(Math.max(0, y2 - y1))}"`;
  return `<rect class="halo" ${place}/><rect class="${kind}" ${place}/>`;
}

/** An image file as a URI that needs no network. */
export function dataUri(file: Uint8Array): string {
  const kind = file[0] === 0xff && file[1] === 0xd8 ? 'jpeg' : file[0] === 0x89 && file[1] === 0x50 ? 'png' : undefined;
  if (kind === undefined)
    throw new TypeError(
      `picture: an image begins with bytes ${file[0]}, ${file[1]}; give the bytes of a JPEG or PNG file`,
    );
  let text = '';
  for (let at = 0; at < file.length; at += 0x8000) text += String.fromCharCode(...file.subarray(at, at + 0x8000));
  return `data:image/${kind};base64,${btoa(text)}`;
}
