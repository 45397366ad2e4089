// Numbers of the commands. Read by AssemblyScript and by TypeScript: plain constants, no types, no imports.
// 1-39 convolutions and layouts, 40-79 windows, 80-139 plain memory, 140-199 gradients.
// from, to, bytes
export const copyBytes = 0;
export const toBlocked = 1;
export const fromBlocked = 2;
export const packFilter = 3;
export const pointwise = 4;
export const packRows = 5;
export const convolve = 6;
export const stem = 7;
export const matrixProduct = 8;
export const winogradFilter = 9;
export const winograd = 10;
// plain memory: its own words are said where it is written
export const chain = 80;
export const move = 81;
export const fill = 82;
export const gather = 83;
export const gatherNd = 84;
export const scatter = 85;
export const oneHot = 86;
export const reduce = 90;
export const softmax = 91;
export const scan = 92;
export const extremeAt = 93;
export const topK = 94;
// Windows.
export const packLanes = 40;
export const depthwise = 41;
export const mobile = 42;
export const pool = 43;
export const resizeNearest = 44;
export const resizeBilinear = 45;
export const scaleChannels = 46;
export const squeeze = 47;
export const scalePanels = 48;
export const normVectors = 49;
export const norm = 50;
export const normTraining = 51;
// Gradients.
export const filterGradient = 140;
export const depthwiseFilterGradient = 141;
export const depthwiseInputGradient = 142;
export const maxPoolGradient = 143;
export const averagePoolGradient = 144;
export const normGradient = 145;
export const swishGradient = 146;
export const scaleGradient = 147;
export const spreadMean = 148;
export const weightsGradient = 149;
export const resizeGradient = 150;
export const repeatChannels = 151;
export const sumRepeats = 152;
