import type { Drawing } from './augmentRender.ts';
import { FormatError } from './formatError.ts';
import type { RgbImage } from './image.ts';

/** An image that a worker reads, and what its size has to be. */
export interface Place {
  /** Path or address. */
  readonly at: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
}

/** What a worker draws: a canvas, and its pictures by the numbers that its photographs have. */
export interface DrawRequest {
  readonly drawing: Drawing;
  readonly pictures: ReadonlyMap<number, RgbImage | Place>;
}

export interface LoadersOptions {
  /** How many workers. Default one less than there are cores, at most 4; none on a single core. */
  readonly count?: number;
}

/** Workers that read and draw images beside the steps. */
export interface Loaders {
  /** How many there are. */
  readonly count: number;
  /** Reads an image. @throws the signal's reason, what reading says, or Error for a worker that ended */
  readonly read: (place: Place, signal?: AbortSignal) => Promise<RgbImage>;
  /**
   * Draws an image: [height * width * 3] numbers. They are lent: `giveBack` lets the next image have their memory.
   *
   * @throws the signal's reason, `UnreadPicture`, or Error for a worker that ended
   */
  readonly draw: (request: DrawRequest, signal?: AbortSignal) => Promise<Float32Array<ArrayBuffer>>;
  readonly giveBack: (pixels: Float32Array<ArrayBuffer>) => void;
  /** Ends the workers; what is under way fails. */
  readonly dispose: () => void;
}

/** What a worker is asked. */
export type Request =
  | { readonly id: number; readonly kind: 'read'; readonly place: Place }
  | ({ readonly id: number; readonly kind: 'draw'; readonly into?: Float32Array<ArrayBuffer> } & DrawRequest);

/** What it answers. */
export type Answer =
  | { readonly id: number; readonly kind: 'read'; readonly image: RgbImage }
  | { readonly id: number; readonly kind: 'drawn'; readonly pixels: Float32Array<ArrayBuffer> }
  | { readonly id: number; readonly kind: 'failed'; readonly picture?: number; readonly error: Failure };

/** An error as data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** One worker, whatever it runs in. */
export interface Port {
  readonly post: (request: Request, transfer: ArrayBuffer[]) => void;
  /** Tells that it has work, or none: only work keeps a process alive. */
  readonly busy: (is: boolean) => void;
  readonly stop: () => void;
}

/** Starts a worker; `ended` hears that it ended by itself. */
export type OpenPort = (hear: (answer: Answer) => void, ended: (reason: string) => void) => Port;

/** A picture of a drawing that could not be read; which one, and why. */
export class UnreadPicture extends Error {
  override readonly name = 'UnreadPicture';
  readonly picture: number;
  constructor(picture: number, cause: Error) {
    super(cause.message, { cause });
    this.picture = picture;
  }
}

export const errorOf = ({ name, message }: Failure): Error =>
  name === 'FormatError' ? new FormatError(message) : new Error(message);
