// Registers tfjs's gradients and chained ops: in Node, nothing else does.
import '@tensorflow/tfjs-layers';

// A detector as a tf.LayersModel
export { type AsLayersModelOptions, asLayersModel, blockOf, type Sized } from './layers/asLayersModel.ts';
export type { Factory } from './layers/factories.ts';
export { layersFrom } from './layers/layersFrom.ts';
export { getWeights, setWeights } from './layers/namedWeights.ts';

// A tf.LayersModel as a backbone
export { type FromLayersModelOptions, fromLayersModel, type LayersBackbone } from './layers/fromLayersModel.ts';
export { bytes, signedUnit } from './layers/scaling.ts';
