// Control words, from an address: arrived, round (both of commands/index.ts), then these.
/** Calls so far, and address and count of the commands of the last one. */
export const [callWord, atWord, countWord] = [2, 3, 4] as const;
/** Number of the first thread that is known to have ended; 0: none, -1: it is saying why. */
export const endedWord = 5;
/** Length of what it said, in 16-bit units. */
export const lengthWord = 6;
/** Counts answers of the watch. */
export const beatWord = 7;
const words = 16;
const longest = 256;
/** Bytes of the control words, and of a reason after them. */
export const controlBytes = 4 * words + 2 * longest;

/**
 * What writes down that a thread has ended, as text of JavaScript: `(buffer, control, thread, reason)`. The first one counts;
 * who waits is woken.
 */
export const tellEnded = `(buffer, control, thread, reason) => {
  const words = new Int32Array(buffer, control, ${words});
  if (Atomics.compareExchange(words, ${endedWord}, 0, -1) !== 0) return;
  const text = String(reason).slice(0, ${longest});
  new Uint16Array(buffer, control + ${4 * words}, text.length).set(Array.from(text, (_, i) => text.charCodeAt(i)));
  words[${lengthWord}] = text.length;
  Atomics.store(words, ${endedWord}, thread);
  Atomics.notify(words, 1);
}`;

/** What was written down, if anything. */
export function readEnded(buffer: ArrayBufferLike, control: number): { thread: number; reason: string } | undefined {
  const of = new Int32Array(buffer, control, words);
  const thread = Atomics.load(of, endedWord);
  if (thread <= 0) return undefined;
  const units = new Uint16Array(buffer, control + 4 * words, of[lengthWord]);
  return { thread, reason: String.fromCharCode(...units) };
}
