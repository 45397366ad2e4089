import type { Coder } from './coder.ts';
import type { PostprocessOptions, PostprocessRule } from './postprocess.ts';

/** What a model says of how its predictions are to be read; the models of the families do. */
export interface Reading {
  /** How its boxes are written relative to the anchors. Default SSD's. */
  readonly coder?: Coder;
  /** What is reported of its predictions. Default SSD's. */
  readonly rule?: PostprocessRule;
}

/** What was asked for, and the model's own where nothing was. */
export const readingOf = (
  { coder, rule = {} }: Reading,
  asked: PostprocessRule = {},
): PostprocessRule & Pick<PostprocessOptions, 'coder'> => ({ ...rule, ...(coder ? { coder } : {}), ...asked });
