// Activations of n numbers. k is the address of the constants.
import { activate, activateBack, loadPart, storePart, SWISH } from './math';

/** y = x / (1 + exp(-x)). */
export function swish(k: usize, x: usize, y: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    v128.store(y, activate(SWISH, k, v128.load(x)));
    v128.store(y, activate(SWISH, k, v128.load(x, 16)), 16);
    x += 32;
    y += 32;
  }
  for (; n >= 4; n -= 4) {
    v128.store(y, activate(SWISH, k, v128.load(x)));
    x += 16;
    y += 16;
  }
  if (n) storePart(y, activate(SWISH, k, loadPart(x, n)), n);
}

/** dx = dy * (s + x s (1 - s)), s = 1 / (1 + exp(-x)). */
export function swishGradient(k: usize, x: usize, dy: usize, dx: usize, n: i32): void {
  for (; n >= 8; n -= 8) {
    v128.store(dx, activateBack(SWISH, k, v128.load(x), v128.load(dy)));
    v128.store(dx, activateBack(SWISH, k, v128.load(x, 16), v128.load(dy, 16)), 16);
    x += 32;
    dy += 32;
    dx += 32;
  }
  for (; n >= 4; n -= 4) {
    v128.store(dx, activateBack(SWISH, k, v128.load(x), v128.load(dy)));
    x += 16;
    dy += 16;
    dx += 16;
  }
  if (n) storePart(dx, activateBack(SWISH, k, loadPart(x, n), loadPart(dy, n)), n);
}
