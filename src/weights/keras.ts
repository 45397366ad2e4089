import { FormatError } from '../data/formatError.ts';
import { checkName, type FileTensor, type WeightFile } from './fileTensor.ts';
import { type Hdf5Dataset, type Hdf5Group, openHdf5 } from './hdf5.ts';

/** The weights of each kind of layer in the order in which Keras 3 numbers them. @see Keras, layers: build() */
const numbered: { readonly [layer: string]: readonly string[] | undefined } = {
  conv2d: ['kernel', 'bias'],
  conv2d_transpose: ['kernel', 'bias'],
  depthwise_conv2d: ['depthwise_kernel', 'bias'],
  dense: ['kernel', 'bias'],
  batch_normalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  normalization: ['mean', 'variance', 'count'],
};
/** Bytes that a group or a dataset takes at least: a header of its own, and an entry in the one above. */
const leastBytes = 48;
const deepest = 16;

/**
 * Opens a file of Keras: `.h5` (of weights or of a model) and `.weights.h5`. Tensors are called `LAYER/WEIGHT:0`, as Keras 2
 * does; layers within layers have their own names.
 *
 * @throws FormatError for a damaged file, or an HDF5 file of something else
 * @see Keras, src/legacy/saving/legacy_h5_format.py, src/saving/saving_lib.py
 */
export async function openKeras(bytes: Uint8Array, name = 'keras'): Promise<WeightFile> {
  const { root, close } = await openHdf5(bytes, name);
  try {
    const tensors = new Map<string, FileTensor>();
    const add = (key: string, dataset: Hdf5Dataset) => {
      checkName(key, name);
      if (tensors.has(key)) throw new FormatError(`${name}: ${key} is there twice`);
      const { shape, dtype = 'no float', read } = dataset;
      tensors.set(key, { shape, dtype, read });
    };
    const inModel = root.at('model_weights');
    const listed = inModel?.kind === 'group' ? inModel : root;
    if (list(listed, 'layer_names') !== undefined) readListed(listed, name, add);
    else if (root.names.includes('layers')) readNumbered(root, bytes.length, name, add);
    else
      throw new FormatError(
        `${name}: an HDF5 file, but not of Keras, which has layer_names or a group 'layers'; it has ${root.names.slice(0, 10).join(', ') || 'nothing'}`,
      );
    return { format: 'keras', tensors, metadata: {}, close };
  } catch (error) {
    close();
    throw error;
  }
}

type Add = (key: string, dataset: Hdf5Dataset) => void;

/** A list of texts, which Keras parts into NAME0, NAME1 ... where it is long. */
function list(group: Hdf5Group, attribute: string): readonly string[] | undefined {
  const whole = group.texts(attribute);
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let i = 0; ; i++) {
    const part = group.texts(`${attribute}${i}`);
    if (part === undefined) return i === 0 ? undefined : parts;
    parts.push(...part);
  }
}

/** Keras 2, and `.h5` of Keras 3: a group for each layer of a list, which lists its weights. */
function readListed(root: Hdf5Group, name: string, add: Add): void {
  for (const layer of new Set(list(root, 'layer_names'))) {
    const group = root.at(layer);
    if (group?.kind !== 'group')
      throw new FormatError(`${name}: layer '${layer}' is listed, but not there; the file is damaged`);
    for (const weight of list(group, 'weight_names') ?? []) {
      const found = group.at(weight);
      if (found?.kind !== 'dataset')
        throw new FormatError(`${name}: '${weight}' of layer '${layer}' is listed, but not there; the file is damaged`);
      const full = weight.includes('/') ? weight : `${layer}/${weight}`;
      add(full.endsWith(':0') ? full : `${full}:0`, found);
    }
  }
}

/** Keras 3's `.weights.h5`: layers are called by their kind and a number, their weights are numbered; `vars` has the layer's name. */
function readNumbered(root: Hdf5Group, size: number, name: string, add: Add): void {
  let left = Math.ceil(size / leastBytes); // groups may hold each other, so that there is no end to them
  const visit = (group: Hdf5Group, kind: string, depth: number) => {
    for (const child of group.names) {
      if (left-- <= 0 || depth > deepest)
        throw new FormatError(`${name}: its groups hold themselves or are too many; the file is made to harm`);
      const found = group.at(child);
      if (found?.kind !== 'group') continue;
      if (child === 'vars') readVars(found, kind, name, add);
      else visit(found, child, depth + 1);
    }
  };
  visit(root, '', 0);
}

function readVars(vars: Hdf5Group, kind: string, name: string, add: Add): void {
  if (vars.names.length === 0) return;
  const [layer = kind] = vars.texts('name') ?? []; // Keras before 3.7 did not write it
  const weights = numbered[kind.replace(/_\d+$/, '')];
  for (const number of vars.names) {
    const found = vars.at(number);
    if (found?.kind !== 'dataset')
      throw new FormatError(`${name}: weight ${number} of layer '${layer}' is not there; the file is damaged`);
    add(`${layer}/${weights?.[Number(number)] ?? number}:0`, found);
  }
}
