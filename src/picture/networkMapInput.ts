/** A station, as a summary tells it. */
export interface MapStation {
  readonly kind: 'input' | 'block' | 'fusion' | 'step' | 'output';
  readonly name: string;
  readonly place: string;
  readonly shape: readonly number[];
  readonly steps: readonly string[];
  readonly blocks: number;
}

/** A map between two stations, by their numbers. */
export interface MapWay {
  readonly from: number;
  readonly to: number;
  readonly shape: readonly number[];
  readonly steps: readonly string[];
}

/** What is drawn of a summary: `summary(...)` has it all. */
export interface NetworkMapInput {
  readonly root: { readonly name: string };
  readonly parameters: number;
  readonly macs: number;
  readonly memory: { readonly peakBytes: number };
  readonly flow: {
    readonly nodes: readonly MapStation[];
    readonly edges: readonly MapWay[];
    readonly levels: readonly { readonly name: string; readonly shape: readonly number[] }[];
  };
}
