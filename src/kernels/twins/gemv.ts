import type { Heap } from '../heap.js';
import { type Arguments, type Element, input, oneOf, output, type Parameter, row, size } from '../row.js';
import { finish } from './gemm.js';

/** y[rows] = W x in float32, W [rows][depth] row-major, products added in ascending k, then `finish`. */
function gemvF32(
  heap: Heap,
  w: number,
  x: number,
  y: number,
  rows: number,
  depth: number,
  bias: number,
  slopes: number,
  low: number,
  high: number,
): void {
  const { f32 } = heap.all;
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum = Math.fround(sum + Math.fround(f32[w / 4 + r * depth + k]! * f32[x / 4 + k]!));
    f32[y / 4 + r] = finish(heap, sum, r, bias, slopes, low, high);
  }
}

/** y[rows] = W x in int32 (modulo 2^32; the caller bounds the sums), W int8, x int16. */
function gemvI8(heap: Heap, w: number, x: number, y: number, rows: number, depth: number): void {
  const { i8, i16, i32 } = heap.all;
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum = (sum + i8[w + r * depth + k]! * i16[x / 2 + k]!) | 0;
    i32[y / 4 + r] = sum;
  }
}

/** y[rows] = W x in float64, exact; W (above -32768) and x int16. */
function gemvI16(heap: Heap, w: number, x: number, y: number, rows: number, depth: number): void {
  const { i16, f64 } = heap.all;
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += i16[w / 2 + r * depth + k]! * i16[x / 2 + k]!;
    f64[y / 8 + r] = sum;
  }
}

function parameters(
  weights: Element,
  vector: Element,
  result: Element,
  more: Parameter[] = [],
  fill?: { fill: (given: Arguments, random: (below: number) => number) => number[] },
): Parameter[] {
  return [
    input('w', weights, (given) => given['rows']! * given['depth']!, fill),
    input('x', vector, (given) => given['depth']!),
    output('y', result, (given) => given['rows']!),
    size('rows', 8),
    size('depth', 8),
    ...more,
  ];
}

/** Symmetric codes, the largest often. */
const symmetric = {
  fill: (given: Arguments, random: (below: number) => number) =>
    Array.from({ length: given['rows']! * given['depth']! }, () =>
      random(4) === 0 ? 32767 - 65534 * random(2) : random(65535) - 32767,
    ),
};

export const gemvRows = {
  gemv_f32: row(
    parameters('f32', 'f32', 'f32', [
      input('bias', 'f32', (given) => given['rows']!),
      input('slopes', 'f32', (given) => given['rows']!, { optional: true }),
      oneOf('low', -Infinity, 0),
      oneOf('high', Infinity, 6),
    ]),
    gemvF32,
  ),
  gemv_i8: row(parameters('i8', 'i16', 'i32'), gemvI8),
  gemv_i16: row(parameters('i16', 'i16', 'f64', [], symmetric), gemvI16),
};
