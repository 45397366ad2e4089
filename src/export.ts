/** Models in the formats of other runtimes, and ONNX Runtime as a place to run them. */
export type { DetectionsOptions } from './export/detections.ts';
export type { ExportOptions } from './export/exportGraph.ts';
export { type GraphModelFilesOptions, graphModelFiles } from './export/graphModelFiles.ts';
export { type OnnxRuntimeOptions, onnxRuntime } from './export/onnxRuntime.ts';
export type { OrtModule } from './export/ortModule.ts';
export { type GraphModelArtifacts, type GraphModelOptions, toGraphModel } from './export/toGraphModel.ts';
export { type OnnxOptions, toOnnx } from './export/toOnnx.ts';
export type { HostTensor, Prepared, Target } from './trace/target.ts';
