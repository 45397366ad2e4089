import '@tensorflow/tfjs-layers'; // registers tfjs's chained ops
import type { Command } from 'commander';
import type { RgbImage } from '../data/image.ts';
import { fitted } from '../data/letterbox.ts';
import { detect } from '../detect/detect.ts';
import { isEncoded, type Photograph, type ReadImage } from '../detect/detectPhotograph.ts';
import { readImage } from '../node/images.ts';
import { useBackend } from '../tfjs/backend.ts';
import { compile } from '../trace/compile.ts';
import type { NamedModel } from './modelNamed.ts';
import { choice, numberWithin, wholeNumber } from './options.ts';
import type { PictureSource } from './pictureSources.ts';
import type { ResultLine } from './results.ts';

/** What is reported of a picture, and how it is found. */
export interface LookOptions {
  readonly score?: number;
  readonly iou?: number;
  readonly keep?: number;
  readonly fit?: 'letterbox' | 'stretch';
  readonly backend: string;
}

/** Options of a command that lets a model look at pictures. */
export const lookOptions = (command: Command): Command =>
  command
    .optionsGroup('How a model looks:')
    .option('--score <score>', "only scores above this are told; default the model's, or 0.01", numberWithin(0, 0.999))
    .option(
      '--iou <iou>',
      "a box that overlaps a better one by more is dropped; default the model's, or 0.45",
      numberWithin(0, 1),
    )
    .option('--keep <n>', "the most boxes of a picture; default the model's, or 200", wholeNumber(1))
    .option(
      '--fit <how>',
      'how pictures fit into the input: letterbox or stretch; default as the checkpoint was trained, else letterbox',
      choice('letterbox', 'stretch'),
    )
    .option(
      '--backend <name>',
      'of TensorFlow.js: wasm, cpu or tensorflow',
      choice('wasm', 'cpu', 'tensorflow'),
      'wasm',
    );

/** What was asked for; the model's own rule holds for the rest. */
export const ruleOf = ({ score, iou, keep }: Partial<Pick<LookOptions, 'score' | 'iou' | 'keep'>>) => ({
  ...(score === undefined ? {} : { scoreAbove: score }),
  ...(iou === undefined ? {} : { iouAbove: iou }),
  ...(keep === undefined ? {} : { keep }),
});

/** A model that looks at one picture after another. */
export interface Looker {
  /** @param whole whether the picture is wanted, with all its pixels */
  readonly look: (
    source: PictureSource,
    whole?: boolean,
  ) => Promise<ResultLine & { readonly picture: Photograph | undefined }>;
  /** A picture as it lies in the model's input. */
  readonly fitted: (picture: RgbImage) => RgbImage;
  readonly dispose: () => void;
}

export async function looker({ model, fit: trained = {} }: NamedModel, options: LookOptions): Promise<Looker> {
  await useBackend(options.backend, { purpose: 'inference' });
  const run = compile(model, { label: 'detect' });
  const fit = options.fit ?? trained;
  return {
    fitted: (picture) => fitted(picture, model.inputSize, typeof fit === 'string' ? { fit } : fit).image,
    dispose: () => run.dispose(),
    look: async ({ id, read }, whole = false) => {
      const source = await read();
      let picture: Photograph | undefined = isEncoded(source) ? undefined : source;
      const reader: ReadImage = async (file, { fitTo, ...rest } = {}) => {
        const name = id === '-' ? 'stdin' : id;
        picture = await readImage(file, { ...rest, name, ...(fitTo && !whole ? { fitTo } : {}) });
        return picture;
      };
      const detections = await detect(model, source, { ...ruleOf(options), run, read: reader, fit });
      const [height, width] = picture?.original ?? [picture?.height ?? 0, picture?.width ?? 0];
      return { id, width, height, detections, picture };
    },
  };
}
