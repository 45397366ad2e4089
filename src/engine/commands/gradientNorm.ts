// Gradients of batch norm and the activation after it, a group of 8 channels at a time.
import {
  onlyLinear, onlyRelu, onlyRelu6, onlySwish, spreadLinear, spreadRelu, spreadRelu6, spreadSwish, sumsLinear, sumsRelu, sumsRelu6, sumsSwish,
} from './gradientNorm.generated';
import { LINEAR, RELU, SWISH } from './windowMath';
import { address, number, share, word } from './words';

// Vectors of 8 of a thread: what a group's pixels need, and what is summed over them, as gradientNorm.generated.ts has them.
const MEAN: usize = 0, SLOPE: usize = 32, OFFSET: usize = 64, SUM: usize = 96, MOMENT: usize = 128, BACK: usize = 160, SHIFT: usize = 192;
const ROOT: usize = 224, ONE: usize = 256, ZERO: usize = 288, MORE: usize = 320;

/** What is added to dy of an image. */
function moreOf(v: usize, mores: usize, by: f32): usize {
  if (!mores) return v + ZERO;
  const factor = f32x4.splat(by);
  v128.store(v, f32x4.mul(v128.load(mores), factor), MORE);
  v128.store(v, f32x4.mul(v128.load(mores, 16), factor), MORE + 16);
  return v + MORE;
}

function sumsOf(kind: i32, x: usize, dy: usize, dx: usize, pixels: i32, v: usize, factor: usize, more: usize): void {
  if (kind == LINEAR) sumsLinear(x, dy, dx, pixels, v, factor, more);
  else if (kind == SWISH) sumsSwish(x, dy, dx, pixels, v, factor, more);
  else if (kind == RELU) sumsRelu(x, dy, dx, pixels, v, factor, more);
  else sumsRelu6(x, dy, dx, pixels, v, factor, more);
}
function spreadOf(kind: i32, x: usize, dy: usize, dx: usize, pixels: i32, v: usize, factor: usize, more: usize): void {
  if (kind == LINEAR) spreadLinear(x, dy, dx, pixels, v, factor, more);
  else if (kind == SWISH) spreadSwish(x, dy, dx, pixels, v, factor, more);
  else if (kind == RELU) spreadRelu(x, dy, dx, pixels, v, factor, more);
  else spreadRelu6(x, dy, dx, pixels, v, factor, more);
}

function onlyOf(kind: i32, x: usize, dy: usize, dx: usize, pixels: i32, v: usize, factor: usize, more: usize): void {
  if (kind == LINEAR) onlyLinear(x, dy, dx, pixels, v, factor, more);
  else if (kind == SWISH) onlySwish(x, dy, dx, pixels, v, factor, more);
  else if (kind == RELU) onlyRelu(x, dy, dx, pixels, v, factor, more);
  else onlyRelu6(x, dy, dx, pixels, v, factor, more);
}

/**
 * Words: x, dy, dx, mean, variance, scale, offset, their gradients dscale and doffset, epsilon, images, pixels of one, channels, activation,
 * 1 where the statistics are given numbers, scratch, bytes of it for a thread; factors of dy and what is added to it for each image
 * [groups][images][8], or 0 and 0; a factor of the latter.
 */
export function normGradient(p: usize, thread: i32, threads: i32): void {
  const images = word(p, 12), pixels = word(p, 13), channels = word(p, 14), kind = word(p, 15), stored = word(p, 16);
  const v = address(p, 17) + address(p, 18) * <usize>thread, factors = address(p, 19), mores = address(p, 20);
  const image = <usize>pixels << 5, group = image * <usize>images;
  const one = f32x4.splat(1), by = f32x4.splat(-1 / <f32>(images * pixels)), epsilon = f32x4.splat(number(p, 11));
  v128.store(v, one, ONE);
  v128.store(v, one, ONE + 16);
  memory.fill(v + ZERO, 0, 32);
  const end = share((channels + 7) >> 3, thread + 1, threads);
  for (let g = share((channels + 7) >> 3, thread, threads); g < end; g++) {
    const lane = <usize>g << 5, bytes = <usize>min(8, channels - (g << 3)) << 2;
    memory.fill(v, 0, ONE);
    memory.copy(v + MEAN, address(p, 5) + lane, bytes);
    memory.copy(v + ROOT, address(p, 6) + lane, bytes);
    memory.copy(v + SLOPE, address(p, 7) + lane, bytes);
    memory.copy(v + OFFSET, address(p, 8) + lane, bytes);
    for (let h: usize = 0; h < 32; h += 16) {
      const root = f32x4.div(one, f32x4.sqrt(f32x4.add(v128.load(v + h, ROOT), epsilon)));
      v128.store(v + h, root, ROOT);
      v128.store(v + h, f32x4.mul(v128.load(v + h, SLOPE), root), SLOPE);
    }
    const x = address(p, 2) + <usize>g * group, dy = address(p, 3) + <usize>g * group, dx = address(p, 4) + <usize>g * group;
    const row = <usize>(g * images) << 5;
    for (let i = 0; i < images; i++) {
      const at = image * <usize>i, own = row + (<usize>i << 5);
      const factor = factors ? factors + own : v + ONE, more = moreOf(v, mores ? mores + own : 0, number(p, 21));
      // given statistics do not move with x, so that nothing has to be known of the other pixels
      if (stored) onlyOf(kind, x + at, dy + at, dx + at, pixels, v, factor, more);
      else sumsOf(kind, x + at, dy + at, dx + at, pixels, v, factor, more);
    }
    for (let h: usize = 0; h < 32; h += 16) {
      const root = v128.load(v + h, ROOT), slope = v128.load(v + h, SLOPE);
      const moment = f32x4.mul(v128.load(v + h, MOMENT), root);
      v128.store(v + h, moment, MOMENT);
      v128.store(v + h, f32x4.mul(f32x4.mul(f32x4.mul(moment, root), by), slope), BACK);
      v128.store(v + h, f32x4.mul(f32x4.mul(v128.load(v + h, SUM), by), slope), SHIFT);
    }
    memory.copy(address(p, 9) + lane, v + MOMENT, bytes);
    memory.copy(address(p, 10) + lane, v + SUM, bytes);
    if (stored) continue;
    for (let i = 0; i < images; i++) {
      const at = image * <usize>i, own = row + (<usize>i << 5);
      spreadOf(kind, x + at, dy + at, dx + at, pixels, v, factors ? factors + own : v + ONE, moreOf(v, mores ? mores + own : 0, number(p, 21)));
    }
  }
}
