/** `npm run bench -- NAME` runs bench/NAME.ts. */
const name = process.argv[2];
if (name === undefined || !/^[a-z-]+$/.test(name))
  throw new RangeError(`bench: '${name}' is no name; try summary or nms`);
const { run } = (await import(`./${name}.ts`)) as { run: () => Promise<unknown> };
await run();
