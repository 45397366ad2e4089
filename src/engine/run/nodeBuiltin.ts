/** A module of Node's own; undefined elsewhere. It is asked for by name while it runs, so that no bundler looks for it. */
export const nodeBuiltin = <M>(name: `node:${string}`): M | undefined =>
  (globalThis as { process?: { getBuiltinModule?: (name: string) => M | undefined } }).process?.getBuiltinModule?.(
    name,
  );
