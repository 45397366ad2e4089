/** Where the bytes of a frame's image are. */
export interface SeqPlace {
  readonly offset: number;
  readonly length: number;
}

/** Places of frames by their order, each of them or, where there are very many, every second, fourth, ... */
export interface SeqIndex {
  /** Frames that were added. */
  readonly count: () => number;
  /** The next frame's place. */
  readonly add: (place: SeqPlace) => void;
  /** The last known place at or before a frame that was added. */
  readonly before: (index: number) => { readonly index: number; readonly place: SeqPlace };
}

/**
 * An index of at most `most` places, so that its memory is bounded whatever a file holds: beyond them every second one is
 * forgotten. A million frames are nine hours of video, which is far from it.
 */
export function seqIndex(most = 2 ** 20): SeqIndex {
  let places: SeqPlace[] = [];
  let apart = 1;
  let count = 0;
  return {
    count: () => count,
    add: (place) => {
      if (count % apart === 0) places.push(place);
      count++;
      if (places.length > most) {
        places = places.filter((_, i) => i % 2 === 0);
        apart *= 2;
      }
    },
    before: (index) => {
      const at = Math.floor(index / apart);
      const place = places[at];
      if (place === undefined) throw new RangeError(`seqIndex: frame ${index} was not added; there are ${count}`);
      return { index: at * apart, place };
    },
  };
}
