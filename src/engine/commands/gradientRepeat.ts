// Channels of which each stands several times side by side: what a depthwise convolution with several filters a channel reads.
import { repeated } from './depthwise';
import { address, share, word } from './words';

/** Words: map, the same with each channel repeated, pixels of all images, channels, times. */
export function repeatChannels(p: usize, thread: i32, threads: i32): void {
  const pixels = word(p, 4), channels = word(p, 5), times = word(p, 6), groups = (channels * times + 7) >> 3;
  const group = <usize>pixels << 5;
  const end = share(groups, thread + 1, threads);
  for (let g = share(groups, thread, threads); g < end; g++)
    repeated(address(p, 2), group, channels, times, g << 3, address(p, 3) + <usize>g * group, pixels);
}

/** Words: map of repeated channels, sums of the repeats, pixels of all images, channels of the sums, times. */
export function sumRepeats(p: usize, thread: i32, threads: i32): void {
  const pixels = word(p, 4), channels = word(p, 5), times = word(p, 6);
  const group = <usize>pixels << 5;
  const end = share(channels, thread + 1, threads);
  for (let c = share(channels, thread, threads); c < end; c++) {
    const to = address(p, 3) + <usize>(c >> 3) * group + (<usize>(c & 7) << 2);
    for (let i = 0; i < times; i++) {
      const at = c * times + i;
      let from = address(p, 2) + <usize>(at >> 3) * group + (<usize>(at & 7) << 2), sum = to;
      for (let n = pixels; n > 0; n--) {
        store<f32>(sum, i ? load<f32>(sum) + load<f32>(from) : load<f32>(from));
        from += 32;
        sum += 32;
      }
    }
  }
}
