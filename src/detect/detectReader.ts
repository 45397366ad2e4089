import { decodeInBrowser } from './detectCanvas.ts';
import type { EncodedImage, ReadImage } from './detectPhotograph.ts';

/** Whatever decodes image files here: a browser does it itself, Node by `readImage` of `pyramidion/node`. */
export function readerHere(): ReadImage {
  if ('createImageBitmap' in globalThis && 'OffscreenCanvas' in globalThis) return decodeInBrowser;
  if (globalThis.process?.versions?.node) return readInNode;
  return async (source) => {
    throw new Error(
      `detect: nothing here decodes ${kindOf(source)}: this is neither a browser nor Node; ` +
        'give pixels ({ width, height, data }) or a tensor, or a function that decodes in options.read',
    );
  };
}

const readInNode: ReadImage = async (source, options) => {
  const entry = 'pyramidion/node'; // a variable, so that no bundler puts it into a page
  let module: { readonly readImage?: unknown };
  try {
    module = await import(/* webpackIgnore: true */ /* @vite-ignore */ entry);
  } catch (cause) {
    throw new Error(
      `detect: ${entry}, which decodes ${kindOf(source)} in Node, could not be loaded; where a bundler made one file of the ` +
        `program, give it in the options: import { readImage } from '${entry}' and { read: readImage }`,
      { cause },
    );
  }
  return isReader(module.readImage)
    ? module.readImage(source, options)
    : Promise.reject(new Error(`detect: ${entry} has no readImage`));
};

const isReader = (x: unknown): x is ReadImage => typeof x === 'function';

const kindOf = (source: EncodedImage) => (typeof source === 'string' || source instanceof URL ? `${source}` : 'files');
