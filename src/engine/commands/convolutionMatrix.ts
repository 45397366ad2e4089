// Products of plain matrices: rows of a into groups, products by the same micro-kernels, sums back into rows.
import { finish } from './convolutionFinish';
import { panelsAtATime, rowsAtATime } from './convolutionPointwise';
import { multiply, ROWS } from './convolutionTile.generated';
import { groupsToRows, rowsToGroups } from './layout';
import { address, share, word } from './words';

/** Columns of a [k, m], `row` bytes from k to k, as groups [k / 8][m][8]. */
function columnsToGroups(from: usize, row: usize, to: usize, group: usize, m: i32, k: i32): void {
  for (let g = 0; g < k; g += 8) {
    const n = min(8, k - g);
    for (let c = 0; c < n; c++) {
      let x = from + <usize>(g + c) * row, y = to + (<usize>c << 2);
      for (let i = 0; i < m; i++) {
        store<f32>(y, load<f32>(x));
        x += 4;
        y += 32;
      }
    }
    to += group;
  }
}

/**
 * c [m, n] = activation(a b + bias). Words: a, panels of b, bias, c, m, k, n, bytes of a row of a, whether a is [k, m], bytes of a row of c,
 * activation, slopes, scratch, bytes of it, rows of a at a time.
 */
export function multiplyMatrices(p: usize, thread: i32, threads: i32): void {
  const a = address(p, 2), b = address(p, 3), bias = address(p, 4), c = address(p, 5);
  const m = word(p, 6), k = word(p, 7), n = word(p, 8), aRow = address(p, 9), columns = word(p, 10) != 0, cRow = address(p, 11);
  const kind = word(p, 12), slope = address(p, 13);
  const list = address(p, 14) + <usize>thread * address(p, 15), rows = word(p, 16);
  const groups = (k + 7) >> 3, outputs = (n + 7) >> 3, group = (<usize>rows << 5) + 64, panel = <usize>groups << 8;
  const sums = list + ((<usize>groups * 4 + 63) & ~63), strips = sums + (36 << 10);
  for (let g = 0; g < groups; g++) store<u32>(list + (<usize>g << 2), <u32>(<usize>g * group));
  const end = list + (<usize>(k >> 3) << 2);

  const tiles = (m + ROWS - 1) / ROWS, pairs = (outputs + 1) >> 1, byRows = tiles >= pairs || tiles >= 8 * threads;
  const from = byRows ? share(tiles, thread, threads) * ROWS : 0;
  const to = byRows ? min(m, share(tiles, thread + 1, threads) * ROWS) : m;
  const first = byRows ? 0 : share(pairs, thread, threads) << 1;
  const last = byRows ? outputs : min(outputs, share(pairs, thread + 1, threads) << 1);
  if (first == last) return;
  const most = panelsAtATime(panel);
  for (let i = from; i < to; i += rows) {
    const count = min(rows, to - i);
    if (columns) columnsToGroups(a + (<usize>i << 2), aRow, strips, group, count, k);
    else rowsToGroups(a + <usize>i * aRow, aRow, strips, group, count, k);
    for (let j = first; j < last; j += most) {
      const size = min(most, last - j), chunk = rowsAtATime(size), pitch = (<usize>chunk << 5) + 64;
      for (let q = 0; q < count; q += chunk) {
        const some = min(chunk, count - q);
        multiply(strips + (<usize>q << 5), list, end, k & 7, b + <usize>j * panel, panel, bias + (<usize>j << 5), sums, pitch, some, size);
        finish(kind, slope + (<usize>j << 5), sums, pitch, 0, sums, pitch, some, size);
        groupsToRows(sums, pitch, c + <usize>(i + q) * cRow + (<usize>j << 5), cRow, some, min(size << 3, n - (j << 3)));
      }
    }
  }
}
