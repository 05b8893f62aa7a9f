import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, row, size } from '../row.js';
import { activated } from './grid.js';

/** `bias`, slopes and clamps of one output, as every float kernel ends: `x < 0 ? x * slope : x`, then low..high. */
export function finish(
  heap: Heap,
  sum: number,
  index: number,
  bias: number,
  slopes: number,
  low: number,
  high: number,
): number {
  const floats = heap.all.f32;
  const y = Math.fround(sum + floats[bias / 4 + index]!);
  return activated(y, slopes === 0 ? undefined : floats[slopes / 4 + index]!, low, high);
}

/**
 * C[rows][columns] = (accumulate ? C : 0) + A B in float32, products added in ascending k; `last` ends each
 * output with `finish`. A: blocks of 4 rows [depth][4], `aStride` elements apart; B: panels of 8 columns
 * [depth][8]; C: rows `cStride` elements apart.
 */
function gemmF32(
  heap: Heap,
  a: number,
  aStride: number,
  b: number,
  c: number,
  cStride: number,
  rows: number,
  columns: number,
  depth: number,
  accumulate: number,
  last: number,
  bias: number,
  slopes: number,
  low: number,
  high: number,
): void {
  const floats = heap.all.f32;
  for (let r = 0; r < rows; r++) {
    for (let column = 0; column < columns; column++) {
      const at = c / 4 + r * cStride + column;
      let sum = accumulate ? floats[at]! : 0;
      for (let k = 0; k < depth; k++) {
        const left = floats[a / 4 + (r >> 2) * aStride + k * 4 + (r & 3)]!;
        const right = floats[b / 4 + ((column >> 3) * depth + k) * 8 + (column & 7)]!;
        sum = Math.fround(sum + Math.fround(left * right));
      }
      floats[at] = last ? finish(heap, sum, r, bias, slopes, low, high) : sum;
    }
  }
}

/** As `gemm_f32` with pairs of int16 for every float, summed in int32 (modulo 2^32; the caller bounds the sums). */
function gemmI16(
  heap: Heap,
  a: number,
  aStride: number,
  b: number,
  c: number,
  cStride: number,
  rows: number,
  columns: number,
  pairs: number,
  accumulate: number,
): void {
  const { i16, i32 } = heap.all;
  for (let r = 0; r < rows; r++) {
    for (let column = 0; column < columns; column++) {
      const at = c / 4 + r * cStride + column;
      let sum = accumulate ? i32[at]! : 0;
      for (let k = 0; k < pairs; k++) {
        const left = a / 2 + ((r >> 2) * aStride + k * 4 + (r & 3)) * 2;
        const right = b / 2 + (((column >> 3) * pairs + k) * 8 + (column & 7)) * 2;
        sum = (sum + i16[left]! * i16[right]! + i16[left + 1]! * i16[right + 1]!) | 0;
      }
      i32[at] = sum;
    }
  }
}

const blocks = (given: Arguments): number => Math.ceil(given['rows']! / 4) * given['aStride']!;
const panels =
  (depth: string) =>
  (given: Arguments): number =>
    Math.ceil(given['columns']! / 8) * given[depth]! * 8;
const rowsOfC = (given: Arguments): number => (given['rows']! - 1) * given['cStride']! + given['columns']!;
const strideOfA = (depth: string) => derived('aStride', (given) => [given[depth]! * 4, given[depth]! * 4 + 8]);
const strideOfC = derived('cStride', (given) => [given['columns']!, given['columns']! + 3]);

export const gemmRows = {
  gemm_f32: row(
    [
      input('a', 'f32', blocks),
      strideOfA('depth'),
      input('b', 'f32', panels('depth')),
      both('c', 'f32', rowsOfC),
      strideOfC,
      size('rows', 4),
      size('columns', 8),
      size('depth', 4),
      oneOf('accumulate', 0, 1),
      oneOf('last', 0, 1),
      input('bias', 'f32', (given) => Math.ceil(given['rows']! / 4) * 4),
      input('slopes', 'f32', (given) => Math.ceil(given['rows']! / 4) * 4, { optional: true }),
      oneOf('low', -Infinity, 0),
      oneOf('high', Infinity, 6),
    ],
    gemmF32,
  ),
  gemm_i16: row(
    [
      input('a', 'i16', (given) => 2 * blocks(given)),
      strideOfA('pairs'),
      input('b', 'i16', (given) => 2 * panels('pairs')(given)),
      both('c', 'i32', rowsOfC),
      strideOfC,
      size('rows', 4),
      size('columns', 8),
      size('pairs', 4),
      oneOf('accumulate', 0, 1),
    ],
    gemmI16,
  ),
};
