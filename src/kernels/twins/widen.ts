import type { Heap } from '../heap.js';
import { both, derived, input, oneOf, output, row, size } from '../row.js';

/** int8 codes to int16. */
function widenI8(heap: Heap, src: number, dst: number, count: number): void {
  for (let i = 0; i < count; i++) heap.all.i16[dst / 2 + i] = heap.all.i8[src + i]!;
}

/** dst = (accumulate ? dst : 0) + low + 256 * high in float64, exact below 2^53; `high` 0: without. Strides in elements. */
function widenSums(
  heap: Heap,
  low: number,
  high: number,
  srcStride: number,
  dst: number,
  dstStride: number,
  rows: number,
  columns: number,
  accumulate: number,
): void {
  const { i32, f64 } = heap.all;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const from = r * srcStride + c;
      const to = dst / 8 + r * dstStride + c;
      const sum = i32[low / 4 + from]! + (high === 0 ? 0 : 256 * i32[high / 4 + from]!);
      f64[to] = accumulate ? f64[to]! + sum : sum;
    }
  }
}

export const widenRows = {
  widen_i8: row(
    [
      input('src', 'i8', (given) => given['count']!),
      output('dst', 'i16', (given) => given['count']!),
      size('count', 8),
    ],
    widenI8,
  ),
  widen_sums: row(
    [
      input('low', 'i32', (given) => given['rows']! * given['srcStride']!),
      input('high', 'i32', (given) => given['rows']! * given['srcStride']!, { optional: true }),
      derived('srcStride', (given) => [given['columns']!, given['columns']! + 3]),
      both('dst', 'f64', (given) => given['rows']! * given['dstStride']!),
      derived('dstStride', (given) => [given['columns']!, given['columns']! + 1]),
      size('rows', 1),
      size('columns', 2),
      oneOf('accumulate', 0, 1),
    ],
    widenSums,
  ),
};
