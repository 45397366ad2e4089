import type { Define } from './define.ts';

/** The commands. Each is loaded when it is called, so that one that needs no network starts at once. */
export const commands: readonly {
  readonly name: string;
  readonly about: string;
  readonly load: () => Promise<Define>;
}[] = [
  {
    name: 'detect',
    about: 'finds objects in photographs',
    load: async () => (await import('./detect.ts')).define,
  },
  {
    name: 'annotate',
    about: 'plays a sequence with what a detector finds in it',
    load: async () => (await import('./annotate.ts')).define,
  },
  {
    name: 'evaluate',
    about: 'figures of detections under the rules of a benchmark',
    load: async () => (await import('./evaluate.ts')).define,
  },
  {
    name: 'convert',
    about: 'a data set in another form',
    load: async () => (await import('./convert.ts')).define,
  },
  {
    name: 'anchors',
    about: 'how far anchors reach the boxes of a data set',
    load: async () => (await import('./anchors.ts')).define,
  },
  {
    name: 'draw',
    about: 'draws detections or marked objects on their images',
    load: async () => (await import('./draw.ts')).define,
  },
  {
    name: 'summary',
    about: 'shapes, parameters, work and memory of a model',
    load: async () => (await import('./summary.ts')).define,
  },
  {
    name: 'scenes',
    about: 'writes seeded street scenes as a Caltech folder',
    load: async () => (await import('./scenes.ts')).define,
  },
  {
    name: 'export',
    about: 'a model as ONNX or a TensorFlow.js graph model',
    load: async () => (await import('./export.ts')).define,
  },
  {
    name: 'train',
    about: 'trains a detector',
    load: async () => (await import('./train.ts')).define,
  },
  {
    name: 'report',
    about: 'one page on runs of train, side by side',
    load: async () => (await import('./report.ts')).define,
  },
  {
    name: 'info',
    about: 'where weights are from: data, recipe, versions, metrics',
    load: async () => (await import('./info.ts')).define,
  },
];
