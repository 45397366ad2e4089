import { onnxArithmetic } from './onnxArithmetic.ts';
import { onnxArrangement } from './onnxArrangement.ts';
import { onnxConvolution } from './onnxConvolution.ts';
import { onnxElementwise } from './onnxElementwise.ts';
import { onnxIndexing } from './onnxIndexing.ts';
import { onnxMatrix } from './onnxMatrix.ts';
import { onnxNormalization } from './onnxNormalization.ts';
import { onnxReduction } from './onnxReduction.ts';
import { onnxResize } from './onnxResize.ts';
import type { OnnxRules } from './onnxRule.ts';
import { onnxSlicing } from './onnxSlicing.ts';

/** What each kernel is in ONNX, by its name in tfjs or of a composite op. */
export const onnxRules: OnnxRules = {
  ...onnxElementwise,
  ...onnxArithmetic,
  ...onnxConvolution,
  ...onnxResize,
  ...onnxNormalization,
  ...onnxReduction,
  ...onnxMatrix,
  ...onnxArrangement,
  ...onnxSlicing,
  ...onnxIndexing,
};
