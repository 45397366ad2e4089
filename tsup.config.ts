import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    engine: 'src/engine.ts',
    data: 'src/data.ts',
    evaluate: 'src/evaluate.ts',
    export: 'src/export.ts',
    layers: 'src/layers.ts',
    node: 'src/node.ts',
    loadingWorker: 'src/node/loadingWorker.ts', // run by threads of `loadingWorkers`, by its place beside the rest
    web: 'src/web.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  splitting: true, // in CJS too: without it each entry point has its own copy of module state
  shims: true, // import.meta.url in CJS, by which that file is found
  clean: true,
  noExternal: ['pbf'], // ESM alone: its CJS form is ours
  external: ['sharp'], // optional: tsup would bundle it, which does not run
});
