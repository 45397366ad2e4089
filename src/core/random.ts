/** 32-bit FNV-1a over the UTF-16 units of a text. @see Fowler, Noll, Vo */
function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A stream of uniform numbers in [0, 1) that depends on its keys alone, so that no order of work and no resume moves it:
 * `keyedRandom(seed, epoch, sample, 'flip')`.
 *
 * @see sfc32 of PractRand, seeded by four FNV-1a hashes of the keys
 */
export function keyedRandom(...keys: readonly (string | number)[]): () => number {
  const text = keys.map((key) => (typeof key === 'number' ? `n${key}` : `s${key.length}:${key}`)).join('/');
  let a = fnv1a(text, 0x811c9dc5);
  let b = fnv1a(text, a ^ 0x9e3779b9);
  let c = fnv1a(text, b ^ 0x85ebca6b);
  let counter = fnv1a(text, c ^ 0xc2b2ae35) | 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next(); // until every bit of the seed has reached every bit of the state
  return next;
}
