import { wellFormed } from './markup.ts';

const kinds = [
  { kind: 'jpeg', starts: [0xff, 0xd8] },
  { kind: 'png', starts: [0x89, 0x50, 0x4e, 0x47] },
] as const;

/**
 * An image file as a URI that needs no network.
 *
 * @throws TypeError for one that is neither JPEG nor PNG
 */
export function dataUri(file: Uint8Array): string {
  const found = kinds.find(({ starts }) => starts.every((byte, i) => file[i] === byte));
  if (found === undefined)
    throw new TypeError(
      `picture: an image of ${file.length} bytes begins with ${[...file.subarray(0, 4)].join(', ') || 'nothing'}; give the bytes of a JPEG or PNG file`,
    );
  return `data:image/${found.kind};base64,${base64(file)}`;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (
    let at = 0;
    at < bytes.length;
    at += 0x8000 // more arguments than this, engines refuse
  )
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(parts.join(''));
}

/** An HTML image of an SVG document: as such it runs no scripts, and keeps its styles and names to itself. */
export function svgImage(svg: string): string {
  const source = wellFormed(svg).replace(/[%#"&<>\s]|[^ -~]+/gu, encodeURIComponent);
  const about = /^<svg[^>]* aria-label="([^"<>]*)"/.exec(svg)?.[1] ?? ''; // escaped there
  return `<img alt="${about}" decoding="async" src="data:image/svg+xml,${source}">`;
}
