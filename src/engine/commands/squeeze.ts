// Squeeze and excitation: two products of a vector of channels, and channels weighed by the result.
import { madd } from '../kernels/math';
import { finish } from './convolutionFinish';
import { address, share, word } from './words';

/**
 * y = activation(x w + bias) for one vector. x: groups of 8, `xGroup` bytes apart, k numbers in all. w: panels [k / 8][8][8] of 8
 * results each. y: groups, `yGroup` bytes apart.
 */
function vectorProduct(x: usize, xGroup: usize, k: i32, w: usize, bias: usize, kind: i32, slope: usize, y: usize, yGroup: usize, groups: i32): void {
  const panel = <usize>((k + 7) >> 3) << 8;
  for (; groups > 0; groups--) {
    let a0 = v128.load(bias), a1 = v128.load(bias, 16), b0 = f32x4.splat(0), b1 = f32x4.splat(0), c0 = b0, c1 = b1, d0 = b0, d1 = b1;
    let at = x, from = w, n = k;
    for (; n >= 8; n -= 8) {
      let s = v128.load32_splat(at);
      a0 = madd(s, v128.load(from), a0);
      a1 = madd(s, v128.load(from, 16), a1);
      s = v128.load32_splat(at, 4);
      b0 = madd(s, v128.load(from, 32), b0);
      b1 = madd(s, v128.load(from, 48), b1);
      s = v128.load32_splat(at, 8);
      c0 = madd(s, v128.load(from, 64), c0);
      c1 = madd(s, v128.load(from, 80), c1);
      s = v128.load32_splat(at, 12);
      d0 = madd(s, v128.load(from, 96), d0);
      d1 = madd(s, v128.load(from, 112), d1);
      s = v128.load32_splat(at, 16);
      a0 = madd(s, v128.load(from, 128), a0);
      a1 = madd(s, v128.load(from, 144), a1);
      s = v128.load32_splat(at, 20);
      b0 = madd(s, v128.load(from, 160), b0);
      b1 = madd(s, v128.load(from, 176), b1);
      s = v128.load32_splat(at, 24);
      c0 = madd(s, v128.load(from, 192), c0);
      c1 = madd(s, v128.load(from, 208), c1);
      s = v128.load32_splat(at, 28);
      d0 = madd(s, v128.load(from, 224), d0);
      d1 = madd(s, v128.load(from, 240), d1);
      at += xGroup;
      from += 256;
    }
    for (; n > 0; n--) {
      const s = v128.load32_splat(at);
      a0 = madd(s, v128.load(from), a0);
      a1 = madd(s, v128.load(from, 16), a1);
      at += 4;
      from += 32;
    }
    a0 = f32x4.add(f32x4.add(a0, b0), f32x4.add(c0, d0));
    a1 = f32x4.add(f32x4.add(a1, b1), f32x4.add(c1, d1));
    v128.store(y, a0);
    v128.store(y, a1, 16);
    finish(kind, slope, y, 0, 0, y, 0, 1, 1);
    y += yGroup;
    bias += 32;
    slope += 32;
    w += panel;
  }
}

/**
 * Words: x [k / 8][images][8], panels, bias, activation, slopes of the first product, the same of the second, y, images, channels,
 * of the middle, of y, scratch, bytes of it: the middle.
 */
export function squeeze(p: usize, thread: i32, threads: i32): void {
  const images = word(p, 12), k = word(p, 13), middle = word(p, 14), groups = (word(p, 15) + 7) >> 3;
  const hidden = address(p, 16) + <usize>thread * address(p, 17), step = <usize>images << 5;
  const end = share(images, thread + 1, threads);
  for (let i = share(images, thread, threads); i < end; i++) {
    const x = address(p, 2) + (<usize>i << 5), y = address(p, 11) + (<usize>i << 5);
    vectorProduct(x, step, k, address(p, 3), address(p, 4), word(p, 5), address(p, 6), hidden, 32, (middle + 7) >> 3);
    vectorProduct(hidden, 32, middle, address(p, 7), address(p, 8), word(p, 9), address(p, 10), y, step, groups);
  }
}

/** Words: x, scales [groups][images][8], y, maps (groups of all images), pixels of one. */
export function scaleChannels(p: usize, thread: i32, threads: i32): void {
  const maps = word(p, 5), pixels = word(p, 6), map = <usize>pixels << 5;
  const total = maps * pixels, end = share(total, thread + 1, threads);
  for (let i = share(total, thread, threads); i < end; ) {
    const m = i / pixels, n = min(end - i, (m + 1) * pixels - i), scale = address(p, 3) + (<usize>m << 5);
    const s0 = v128.load(scale), s1 = v128.load(scale, 16);
    let x = address(p, 2) + (<usize>i << 5), y = address(p, 4) + (<usize>i << 5);
    for (let k = n; k > 0; k--) {
      const y0 = f32x4.mul(v128.load(x), s0), y1 = f32x4.mul(v128.load(x, 16), s1);
      v128.store(y, y0);
      v128.store(y, y1, 16);
      x += 32;
      y += 32;
    }
    i += n;
  }
}

/** Words: panels [n / 8][k / 8][8][8], scales of k channels in a row, scaled panels, k, panels' number. Lanes of scales beyond k are not read. */
export function scalePanels(p: usize, thread: i32, threads: i32): void {
  const k = word(p, 5), panels = word(p, 6), panel = <usize>((k + 7) >> 3) << 8, rest = panel - (<usize>k << 5);
  const end = share(panels, thread + 1, threads);
  for (let j = share(panels, thread, threads); j < end; j++) {
    let from = address(p, 2) + <usize>j * panel, to = address(p, 4) + <usize>j * panel, scale = address(p, 3);
    for (let i = k; i > 0; i--) {
      const s = v128.load32_splat(scale), y0 = f32x4.mul(s, v128.load(from)), y1 = f32x4.mul(s, v128.load(from, 16));
      v128.store(to, y0);
      v128.store(to, y1, 16);
      scale += 4;
      from += 32;
      to += 32;
    }
    memory.fill(to, 0, rest);
  }
}
