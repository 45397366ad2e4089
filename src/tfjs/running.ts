import { engine } from '@tensorflow/tfjs-core';
import { isAbstract } from './abstractEngine.ts';

export { isAbstract } from './abstractEngine.ts';

/** Whether what runs now is written down for a gradient of tfjs, or for a trace. */
export function isRecorded(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return isAbstract() || (gradientDepth > 0 && kernelDepth === 0);
}
