/** Where a frame of a stack is: `file:///app/train.ts:12:3`, `https://.../page.js:3:14`. */
const framePlace = /\(?((?:[a-z-]+:\/\/)?[^()\s]+:\d+:\d+)\)?$/;
const placesOf = (stack = ''): string[] =>
  stack.split('\n').flatMap((line) => {
    const found = /^\s+at |@/.test(line) ? framePlace.exec(line.trim().replace(/^.*@/, ''))?.[1] : undefined;
    return found === undefined ? [] : [found];
  });

/** The folder that this package's code runs from: what it calls is not the user's. */
function ownFolder(): string | undefined {
  const [own] = placesOf(new Error().stack);
  return own === undefined ? undefined : /^(.*\/(?:src|dist)\/)/.exec(own)?.[1];
}

/** The innermost line of a stack that is neither tfjs's nor this package's, and undefined where all is one file. */
export function userLine(stack: string | undefined): string | undefined {
  const own = ownFolder();
  const foreign = /@tensorflow[/+\\]|\btfjs(?:-[a-z]+)+[/\\](?:src|dist)[/\\]|\bnode:/; // by source maps too
  if (own === undefined) return undefined;
  return placesOf(stack).find((place) => !foreign.test(place) && !place.includes(own.replace(/^file:\/\//, '')));
}

/** Runs a function whose errors have long stacks. */
export function withLongStacks<T>(run: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200; // V8's own is 10: blocks in blocks are more
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
