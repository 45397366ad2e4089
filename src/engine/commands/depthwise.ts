// Depthwise convolution: a window over each channel, 8 channels at a time.
import { madd } from '../kernels/math';
import { finish } from './convolutionFinish';
import { windowRows } from './depthwise.generated';
import { addRow, copyRow, LINEAR, RELU6, scaleLanes, zeroRow } from './windowMath';
import { address, share, word } from './words';

/** One result: windows of any side, stride and dilation. */
// @ts-ignore: decorator
@inline
function anyPixel(kh: i32, kw: i32, p: usize, down: usize, across: usize, w: usize, bias: usize, q: usize): void {
  let s0 = v128.load(bias), s1 = v128.load(bias, 16);
  for (let y = 0; y < kh; y++) {
    let a = p;
    for (let x = 0; x < kw; x++) {
      s0 = madd(v128.load(a), v128.load(w), s0);
      s1 = madd(v128.load(a, 16), v128.load(w, 16), s1);
      a += across;
      w += 32;
    }
    p += down;
  }
  v128.store(q, s0);
  v128.store(q, s1, 16);
}

/** Four results in a row. */
// @ts-ignore: decorator
@inline
function anyFour(kh: i32, kw: i32, p: usize, down: usize, across: usize, step: usize, w: usize, bias: usize, q: usize): void {
  let a0 = v128.load(bias), a1 = v128.load(bias, 16), b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
  for (let y = 0; y < kh; y++) {
    let a = p;
    for (let x = 0; x < kw; x++) {
      const w0 = v128.load(w), w1 = v128.load(w, 16), b = a + step, c = b + step, d = c + step;
      a0 = madd(v128.load(a), w0, a0);
      a1 = madd(v128.load(a, 16), w1, a1);
      b0 = madd(v128.load(b), w0, b0);
      b1 = madd(v128.load(b, 16), w1, b1);
      c0 = madd(v128.load(c), w0, c0);
      c1 = madd(v128.load(c, 16), w1, c1);
      d0 = madd(v128.load(d), w0, d0);
      d1 = madd(v128.load(d, 16), w1, d1);
      a += across;
      w += 32;
    }
    p += down;
  }
  v128.store(q, a0);
  v128.store(q, a1, 16);
  v128.store(q, b0, 32);
  v128.store(q, b1, 48);
  v128.store(q, c0, 64);
  v128.store(q, c1, 80);
  v128.store(q, d0, 96);
  v128.store(q, d1, 112);
}

/** Rows of n results, as `windowRows`, of any window; without activation. */
function anyRows(
  kh: i32, kw: i32, p: usize, down: usize, across: usize, stride: i32, step: usize, w: usize, q: usize, toStep: usize, n: i32, rows: i32,
): void {
  const bias = w + (<usize>(kh * kw) << 5), next = <usize>stride << 5;
  for (; rows > 0; rows--) {
    let x = 0;
    for (; x + 4 <= n; x += 4) anyFour(kh, kw, p + <usize>x * next, down, across, next, w, bias, q + (<usize>x << 5));
    for (; x < n; x++) anyPixel(kh, kw, p + <usize>x * next, down, across, w, bias, q + (<usize>x << 5));
    p += step;
    q += toStep;
  }
}

/** Pixels of a row whose 8 lanes are channels of x repeated `times`; lanes beyond them repeat the last. */
export function repeated(x: usize, group: usize, channels: i32, times: i32, first: i32, to: usize, n: i32): void {
  for (let lane = 0; lane < 8; lane++) {
    const channel = min(channels - 1, (first + lane) / times);
    let from = x + <usize>(channel >> 3) * group + (<usize>(channel & 7) << 2), at = to + (<usize>lane << 2);
    for (let i = n; i > 0; i--) {
      store<f32>(at, load<f32>(from));
      from += 32;
      at += 32;
    }
  }
}

/** Whether tiles of registers exist for a window. */
// @ts-ignore: decorator
@inline
function isTiled(kh: i32, kw: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32): bool {
  return kh == kw && (kh == 3 || kh == 5) && strideY == strideX && strideX <= 2 && dilationY == 1 && dilationX == 1;
}

/** Activation and sums of rows of results that lie `step` bytes apart. */
// @ts-ignore: decorator
@inline
function finishRows(kind: i32, slope: usize, q: usize, n: i32, rows: i32, sums: usize): void {
  const all = n * rows; // of one map: in a row
  if (kind != LINEAR) finish(kind, slope, q, 0, 0, q, 0, all, 1);
  if (sums) addRow(q, all, sums);
}

/**
 * Words: x, filter [g][kh * kw + 1][8] whose last is the bias, y, means [g][images][8] or 0, images, groups of y, height, width,
 * of y, kernel, strides, dilations, padding above and left, activation, slopes [g][8], channels of x, results of each, rows of y
 * at a time, bands of rows of a map that threads share, scratch, bytes of it.
 */
export function depthwise(p: usize, thread: i32, threads: i32): void {
  const images = word(p, 6), groups = word(p, 7), h = word(p, 8), w = word(p, 9), oh = word(p, 10), ow = word(p, 11);
  const kh = word(p, 12), kw = word(p, 13), sy = word(p, 14), sx = word(p, 15), dy = word(p, 16), dx = word(p, 17);
  const top = word(p, 18), left = word(p, 19), kind = word(p, 20), channels = word(p, 22), times = word(p, 23);
  const most = word(p, 24), bands = word(p, 25);
  const strip = address(p, 26) + <usize>thread * address(p, 27);
  const xGroup = <usize>(images * h * w) << 5, yGroup = <usize>(images * oh * ow) << 5;
  const tiled = isTiled(kh, kw, sy, sx, dy, dx);
  const reachY = (kh - 1) * dy + 1, reachX = (kw - 1) * dx + 1;
  const pitch = (ow - 1) * sx + reachX; // pixels of a row of the strip
  const right = pitch - left - w;
  const inside = top == 0 && left == 0 && times == 1 && right <= 0 && (oh - 1) * sy + reachY <= h;
  const row = <usize>(inside ? w : pitch) << 5, step = row * <usize>sy;
  const kept = min(w, pitch - left); // pixels of a row of x that windows reach

  const end = share(groups * images * bands, thread + 1, threads);
  for (let item = share(groups * images * bands, thread, threads); item < end; item++) {
    const map = item / bands, band = item - map * bands, g = map / images, image = map - g * images;
    const filter = address(p, 3) + <usize>(g * (kh * kw + 1)) * 32, slope = address(p, 21) + (<usize>g << 5);
    const y = address(p, 4) + <usize>g * yGroup + (<usize>(image * oh * ow) << 5);
    const x = address(p, 2) + (times == 1 ? <usize>g * xGroup : 0) + (<usize>(image * h * w) << 5);
    const sums = address(p, 5) ? address(p, 5) + (<usize>map << 5) : 0;
    if (sums) zeroRow(sums, 1);
    const last = share(oh, band + 1, bands);
    let have = -1; // the strip's row that is not there yet, of the padded map
    for (let from = share(oh, band, bands); from < last; ) {
      const rows = min(most, last - from), first = from * sy;
      let at = x + (<usize>(first * w) << 5);
      if (!inside) {
        const until = first + (rows - 1) * sy + reachY;
        if (have > first) memory.copy(strip, strip + <usize>(first - (from - most) * sy) * row, <usize>(have - first) * row);
        else have = first;
        for (; have < until; have++) {
          const to = strip + <usize>(have - first) * row, line = have - top;
          if (line < 0 || line >= h) zeroRow(to, pitch);
          else {
            zeroRow(to, left);
            const source = x + (<usize>(line * w) << 5), start = to + (<usize>left << 5);
            if (times == 1) copyRow(source, start, kept);
            else repeated(source, xGroup, channels, times, g << 3, start, kept);
            zeroRow(start + (<usize>kept << 5), right);
          }
        }
        at = strip;
      }
      const q = y + (<usize>(from * ow) << 5), toStep = <usize>ow << 5;
      if (tiled && kind <= RELU6) {
        windowRows(kh, sx, kind, at, row, step, filter, q, toStep, ow, rows);
        finishRows(LINEAR, 0, q, ow, rows, sums);
      } else {
        if (tiled) windowRows(kh, sx, LINEAR, at, row, step, filter, q, toStep, ow, rows);
        else anyRows(kh, kw, at, row * <usize>dy, <usize>dx << 5, sx, step, filter, q, toStep, ow, rows);
        finishRows(kind, slope, q, ow, rows, sums);
      }
      from += rows;
    }
    if (sums) scaleLanes(sums, <f32>1 / <f32>(oh * ow));
  }
}
