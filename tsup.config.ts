import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    engine: 'src/engine.ts',
    data: 'src/data.ts',
    evaluate: 'src/evaluate.ts',
    node: 'src/node.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  splitting: true, // in CJS too: without it each entry point has its own copy of module state
  clean: true,
});
