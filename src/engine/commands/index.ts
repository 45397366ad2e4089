import { constants } from '../kernels/math';
import { copyBytes } from './codes';
import { runConvolution } from './convolution';
import { runGradient } from './gradient';
import { runPlain } from './plain';
import { runWindow } from './window';
import { address, share, word } from './words';

/** Writes the numbers that kernels read at fixed addresses, below those that are given out. */
export function init(): void {
  constants(1024);
}

/** One command by its number. Words: number, length in words, what the kernel reads. */
function runOne(p: usize, thread: i32, threads: i32): void {
  const code = load<i32>(p);
  if (code == copyBytes) {
    const from = share(word(p, 4), thread, threads), to = share(word(p, 4), thread + 1, threads);
    memory.copy(address(p, 3) + from, address(p, 2) + from, <usize>(to - from));
  } else if (code < 40) runConvolution(code, p, thread, threads);
  else if (code < 80) runWindow(code, p, thread, threads);
  else if (code < 140) runPlain(code, p, thread, threads);
  else runGradient(code, p, thread, threads);
}

/** Runs a thread's share of commands that lie in a row; one thread has all of them. */
export function run(p: usize, count: i32, thread: i32, threads: i32): void {
  for (; count > 0; count--) {
    runOne(p, thread, threads);
    p += <usize>load<i32>(p, 4) << 2;
  }
}

/** Rounds in which a thread only looks, before it sleeps: commands are short. */
const LOOKS: i32 = 4000;
/** Nanoseconds of one sleep, after which it asks whether the others are there. */
const SLEEP: i64 = 50000000;
/** Rounds after which a thread that may not sleep asks. */
const ASKS: i32 = 65536;

/** Whether the other threads still are there, as the host knows it. */
// @ts-ignore: decorator
@external("env", "alive")
declare function alive(): i32;

/**
 * Waits until all threads have come, which count themselves at `control`. Where `sleeps` is 0, as on a page's own thread, it
 * looks on. Gives whether they came: false where the host says that one is gone.
 */
function meet(control: usize, threads: i32, sleeps: i32): bool {
  const round = atomic.load<i32>(control, 4);
  if (atomic.add<i32>(control, 1) == threads - 1) {
    atomic.store<i32>(control, 0);
    atomic.add<i32>(control, 1, 4);
    atomic.notify(control + 4, threads);
    return true;
  }
  for (let i = 0; i < LOOKS; i++) if (atomic.load<i32>(control, 4) != round) return true;
  // Whoever ended an earlier round may wake this thread late, in this one: it is over when its number has moved, not before.
  while (true) {
    if (sleeps) atomic.wait<i32>(control + 4, round, SLEEP);
    else for (let i = 0; i < ASKS && atomic.load<i32>(control, 4) == round; i++) {}
    if (atomic.load<i32>(control, 4) != round) return true;
    if (!alive()) return false;
  }
}

/** Runs commands that lie in a row, with other threads that do the same: all end one before any begins the next. */
export function runTogether(p: usize, count: i32, thread: i32, threads: i32, control: usize, sleeps: i32): bool {
  for (; count > 0; count--) {
    runOne(p, thread, threads);
    if (!meet(control, threads, sleeps)) return false;
    p += <usize>load<i32>(p, 4) << 2;
  }
  return true;
}
