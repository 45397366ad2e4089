import { type LoadWeights, weightLoader } from '../weights/load.ts';
import { effdet } from '../weights/names/effdet.ts';
import { keras } from '../weights/names/keras.ts';
import { lukemelas } from '../weights/names/lukemelas.ts';
import { timm } from '../weights/names/timm.ts';
import { torchvision } from '../weights/names/torchvision.ts';

/**
 * Gives a model the weights of a file, all of them or none: `await loadWeights(model, bytes)`. Safetensors, PyTorch's .pth,
 * Keras's .h5 and .weights.h5, and our own weights and checkpoints, under the names of timm, torchvision, effdet,
 * EfficientNet-PyTorch, Keras or our own: format, names and layouts are recognised.
 *
 * @throws FormatError (a RangeError) for a file that is damaged or made to harm, RangeError for weights of another model or
 * another variant, naming what is missing, unexpected or of another shape, and the model that the weights are of, if known
 */
export const loadWeights: LoadWeights = /* @__PURE__ */ weightLoader({
  names: [timm, torchvision, effdet, lukemelas, keras],
  candidates: async () => (await import('./zooCandidates.ts')).zooCandidates,
});
