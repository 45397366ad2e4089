import type { Sample } from '../data/sample.ts';
import { encodeJpeg } from '../node/images.ts';
import type { Origin } from '../train/card.ts';
import { namedData } from './dataFormats.ts';
import { type Io, note } from './io.ts';

/** What can be shown: nothing where sharp is not installed, which painted scenes do without. */
export async function drawable(io: Io, held: readonly Sample[]): Promise<readonly Sample[]> {
  try {
    await encodeJpeg({ width: 1, height: 1, data: new Uint8Array(3) });
    return held;
  } catch {
    note(io, 'held-out images are not shown: sharp cannot be loaded');
    return [];
  }
}

/** What the card says of a data set: its name here, without the folder; scenes are this package's own. */
export const originOf = (data: string | undefined): Origin =>
  data === undefined
    ? {
        name: 'street scenes',
        source: 'painted by pyramidion',
        licence: 'Apache-2.0',
      }
    : { name: namedData(data).format };
