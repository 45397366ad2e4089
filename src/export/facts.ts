/** What a detector says of itself; other functions say nothing. */
export interface ModelFacts {
  readonly labels?: readonly string[];
  readonly inputSize?: readonly [height: number, width: number];
  readonly anchors?: Float32Array;
}

/** Reads what a detector carries besides its function. */
export function factsOf(run: object): ModelFacts {
  const { labels, inputSize, anchors } = run as { readonly [name: string]: unknown };
  const isText = (item: unknown): item is string => typeof item === 'string';
  const size = Array.isArray(inputSize) && inputSize.length === 2 ? inputSize.map(Number) : [];
  const [height, width] = size;
  return {
    ...(Array.isArray(labels) && labels.every(isText) && { labels }),
    ...(height !== undefined && width !== undefined && { inputSize: [height, width] as const }),
    ...(anchors instanceof Float32Array && { anchors }),
  };
}
