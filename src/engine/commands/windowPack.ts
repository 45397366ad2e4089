// Rows of numbers, one for each channel, as groups of 8 lanes.
import { address, share, word } from './words';

/** Words: rows [rows][channels], or 0 for zeros, to, rows, channels, bytes from group to group of the result. Zeros beyond the channels. */
export function packLanes(p: usize, thread: i32, threads: i32): void {
  const from = address(p, 2), rows = word(p, 4), channels = word(p, 5), group = address(p, 6);
  const groups = (channels + 7) >> 3, end = share(groups, thread + 1, threads);
  for (let g = share(groups, thread, threads); g < end; g++) {
    const lanes = min(8, channels - (g << 3));
    let to = address(p, 3) + <usize>g * group, x = from + (<usize>g << 5);
    for (let i = 0; i < rows; i++) {
      memory.fill(to, 0, 32);
      if (from) memory.copy(to, x, <usize>lanes << 2);
      x += <usize>channels << 2;
      to += 32;
    }
  }
}
