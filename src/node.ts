export { type CaltechOptions, type CaltechRange, caltech } from './node/caltech.ts';
export { checkpointFolder, readCheckpointFile } from './node/checkpoints.ts';
export { fileSource, writeFileAtomic } from './node/files.ts';
export { type DecodeOptions, decodeImage, encodeJpeg, encodePng } from './node/images.ts';
export { stopOnInterrupt } from './node/interrupt.ts';
export { jsonLines } from './node/log.ts';
export { type PennFudanOptions, pennFudan } from './node/pennFudan.ts';
export { type WriteScenesOptions, writeScenes } from './node/scenes.ts';
export { duration, progressBar, type Terminal } from './node/terminal.ts';
