// Web Crypto hashes only what is whole in memory, and not at all in pages without https.

/** The first 32 bits of the fractional parts of roots of the first primes. */
const fraction = (root: number) => Math.floor((root % 1) * 2 ** 32);
/** The first 64. */
const firstPrimes = () =>
  Array.from({ length: 312 }, (_, i) => i).filter(
    (n) => n > 1 && ![2, 3, 5, 7, 11, 13, 17].some((p) => n % p === 0 && n !== p),
  );
const primes = /* @__PURE__ */ firstPrimes();
const constants = /* @__PURE__ */ Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));

/** A SHA-256 that grows. @see FIPS 180-4, section 6.2 */
export interface Sha256 {
  readonly update: (bytes: Uint8Array) => void;
  /** Of all so far, hexadecimal. */
  readonly hex: () => string;
}

export function sha256(): Sha256 {
  let state = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
  const rest = new Uint8Array(64);
  let length = 0;
  const schedule = new Int32Array(64);
  const update = (bytes: Uint8Array) => {
    let at = 0;
    const filled = length % 64;
    length += bytes.length;
    if (filled > 0) {
      at = Math.min(64 - filled, bytes.length);
      rest.set(bytes.subarray(0, at), filled);
      if (filled + at < 64) return;
      compress(state, rest, 0, schedule);
    }
    for (; at + 64 <= bytes.length; at += 64) compress(state, bytes, at, schedule);
    rest.set(bytes.subarray(at));
  };
  const hex = () => {
    const [kept, bits] = [state.slice(), length];
    const end = new Uint8Array(((119 - (length % 64)) % 64) + 9);
    end[0] = 0x80;
    const view = new DataView(end.buffer, end.length - 8);
    view.setUint32(0, Math.floor(bits / 2 ** 29));
    view.setUint32(4, (bits * 8) % 2 ** 32);
    const before = rest.slice();
    update(end);
    const text = [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    state = kept;
    length = bits;
    rest.set(before);
    return text;
  };
  return { update, hex };
}

function compress(state: Int32Array, bytes: Uint8Array, at: number, w: Int32Array): void {
  for (let t = 0, i = at; t < 16; t++, i += 4)
    w[t] = ((bytes[i] ?? 0) << 24) | ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15] ?? 0;
    const y = w[t - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = ((w[t - 16] ?? 0) + s0 + (w[t - 7] ?? 0) + s1) | 0;
  }
  let a = state[0] ?? 0; // not by a pattern, which makes it three times slower
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (constants[t] ?? 0) + (w[t] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = a + (state[0] ?? 0);
  state[1] = b + (state[1] ?? 0);
  state[2] = c + (state[2] ?? 0);
  state[3] = d + (state[3] ?? 0);
  state[4] = e + (state[4] ?? 0);
  state[5] = f + (state[5] ?? 0);
  state[6] = g + (state[6] ?? 0);
  state[7] = h + (state[7] ?? 0);
}
