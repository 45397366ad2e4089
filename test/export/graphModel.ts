import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { io, type Tensor } from '@tensorflow/tfjs-core';
import { type GraphModelOptions, toGraphModel } from '../../src/export/toGraphModel.ts';
import type { SpecOf } from '../../src/tfjs/abstractContainer.ts';
import { difference } from './onnx.ts';

type Named = { readonly [name: string]: Tensor };
const isTensor = (value: Tensor | Named): value is Tensor => typeof value.dataSync === 'function';
const named = (value: Tensor | Named): Named => (isTensor(value) ? { output: value } : value);

/** The largest difference of all outputs between a function and its graph model. */
export async function graphModelDifference(
  run: (input: never) => Tensor | Named,
  given: Tensor,
  { spec, ...options }: GraphModelOptions & { readonly spec?: readonly number[] } = {},
): Promise<number> {
  const model = await loadGraphModel(io.fromMemory(toGraphModel(run, (spec ?? given.shape) as SpecOf<never>, options)));
  try {
    const made = named(model.predict(given) as Tensor | Named);
    let far = 0;
    for (const [name, mine] of Object.entries(named(run(given as never)))) {
      const yours = made[name];
      if (yours === undefined) throw new Error(`no output ${name}; there are ${Object.keys(made)}`);
      if (`${yours.shape}` !== `${mine.shape}`) throw new Error(`${name} is [${yours.shape}], not [${mine.shape}]`);
      if (yours.dtype !== mine.dtype) throw new Error(`${name} is ${yours.dtype}, not ${mine.dtype}`);
      far = Math.max(far, difference(mine.dataSync(), yours.dataSync()));
    }
    return far;
  } finally {
    model.dispose();
  }
}
