// Elementwise chains: every instruction runs over a block of numbers that stays in L1, then the next block comes.
//
// Words: result, scratch, bytes of scratch for a thread, numbers of a block, instructions, operands, 4 outer sides, rows, numbers of a row,
// registers;
// then for each operand its address, bytes from row to row, 1 if it varies in a row, bytes along the outer sides;
// then for each instruction its number, registers of its result and up to 3 operands, 2 numbers.
// Registers: the operands, then what the instructions make; the result is the last one, which nothing before the last
// instruction writes.
import { instruction } from './chain.generated';
import { CHAIN_CONSTANTS, chainConstants } from './chainMath';
import { address, share, word } from './words';

const HEAD: usize = 15 << 2;
const OPERAND: usize = 7 << 2;
const INSTRUCTION: usize = 7 << 2;
/** Of scratch: addresses of registers, and what each copied operand was copied from and how far. */
const TABLE: usize = 128 << 2;

/** The same number n times; up to 3 more places are written. */
function fill(to: usize, x: v128, n: i32): void {
  for (; n > 0; n -= 4) {
    v128.store(to, x);
    to += 16;
  }
}

/** rows x n numbers of an operand that does not lie so. */
function spread(from: usize, to: usize, rows: i32, n: i32, rowBytes: usize, varies: bool): void {
  const bytes = <usize>n << 2;
  if (!varies) {
    if (rowBytes == 0) fill(to, v128.load32_splat(from), rows * n);
    else
      for (; rows > 0; rows--) {
        fill(to, v128.load32_splat(from), n);
        to += bytes;
        from += rowBytes;
      }
  } else if (n == 8)
    for (; rows > 0; rows--) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += 32;
      from += rowBytes;
    }
  else if (n < 8)
    for (; rows > 0; rows--) {
      for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
      to += bytes;
      from += rowBytes;
    }
  else
    for (; rows > 0; rows--) {
      memory.copy(to, from, bytes);
      to += bytes;
      from += rowBytes;
    }
}

export function runChain(p: usize, thread: i32, threads: i32): void {
  const result = address(p, 2), table = address(p, 3) + <usize>thread * address(p, 4);
  const block = word(p, 5), instructions = word(p, 6), operands = word(p, 7);
  const side1 = word(p, 9), side2 = word(p, 10), side3 = word(p, 11), rows = word(p, 12), n = word(p, 13);
  const outer = word(p, 8) * side1 * side2 * side3;
  const constants = table + 3 * TABLE, slots = constants + CHAIN_CONSTANTS, slot = (<usize>block << 2) + 64;
  chainConstants(constants);
  const registers = word(p, 14);
  for (let r = 0; r < registers; r++) {
    store<u32>(table + (<usize>r << 2), <u32>(slots + <usize>r * slot));
    store<u32>(table + TABLE + (<usize>r << 2), 0);
  }
  const long = n > block;
  const pieces = long ? (n + block - 1) / block : 1; // of a row
  const together = long ? 1 : block / n; // rows
  const blocks = long ? rows * pieces : (rows + together - 1) / together;
  const program = p + HEAD + <usize>operands * OPERAND;
  const last = share(outer * blocks, thread + 1, threads);
  for (let at = share(outer * blocks, thread, threads); at < last; at++) {
    const o = at / blocks, q = at - o * blocks;
    const row = long ? q / pieces : q * together, start = long ? (q - row * pieces) * block : 0;
    const taken = long ? 1 : min(together, rows - row), width = long ? min(block, n - start) : n;
    const length = taken * width, whole = !(length & 7);
    const i3 = o % side3, o2 = o / side3, i2 = o2 % side2, o1 = o2 / side2, i1 = o1 % side1, i0 = o1 / side1;
    let operand = p + HEAD, register = table, from: usize = 0, rowBytes: usize = 0;
    for (let i = 0; i < operands; i++) {
      rowBytes = address(operand, 1);
      const varies = word(operand, 2) != 0;
      from = address(operand, 0) + <usize>row * rowBytes + (varies ? <usize>start << 2 : 0);
      from += <usize>i0 * address(operand, 3) + <usize>i1 * address(operand, 4) + <usize>i2 * address(operand, 5) + <usize>i3 * address(operand, 6);
      const dense = varies && (taken == 1 || rowBytes == <usize>n << 2);
      if (dense && whole) store<u32>(register, <u32>from);
      else {
        const to = slots + <usize>i * slot;
        store<u32>(register, <u32>to);
        if (dense) {
          memory.copy(to, from, <usize>length << 2);
          store<u32>(register, 0, TABLE);
        } else if (rowBytes != 0 || load<u32>(register, TABLE) != <u32>from || load<i32>(register, 2 * TABLE) < length) {
          spread(from, to, taken, width, rowBytes, varies);
          store<u32>(register, <u32>from, TABLE);
          store<i32>(register, length, 2 * TABLE);
        }
      }
      register += 4;
      operand += OPERAND;
    }
    const out = result + (((<usize>o * <usize>rows + <usize>row) * <usize>n + <usize>start) << 2);
    const final = table + (<usize>(registers - 1) << 2), own = slots + <usize>(registers - 1) * slot;
    store<u32>(final, <u32>(whole ? out : own));
    const bytes = <usize>((length + 7) & ~7) << 2;
    let step = program;
    for (let i = 0; i < instructions; i++) {
      const to = <usize>load<u32>(table + (address(step, 1) << 2));
      const a = <usize>load<u32>(table + (address(step, 2) << 2)), b = <usize>load<u32>(table + (address(step, 3) << 2));
      instruction(word(step, 0), to, a, b, <usize>load<u32>(table + (address(step, 4) << 2)), to + bytes, step, constants);
      step += INSTRUCTION;
    }
    if (!whole) memory.copy(out, own, <usize>length << 2);
  }
}
