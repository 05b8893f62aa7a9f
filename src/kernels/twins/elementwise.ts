import type { Heap } from '../heap.js';
import { type Arguments, both, input, oneOf, output, type Parameter, row, size } from '../row.js';
import { activated } from './grid.js';

type Code = 'i8' | 'i16';

/** `x < 0 ? x * slope : x`, then low..high; one slope per row (channels first) or column (channels last), `slopes` 0: none. */
const activate =
  (perRow: boolean) =>
  (
    heap: Heap,
    src: number,
    dst: number,
    rows: number,
    columns: number,
    slopes: number,
    low: number,
    high: number,
  ): void => {
    const { f32 } = heap.all;
    for (let i = 0; i < rows * columns; i++) {
      const slope = slopes === 0 ? undefined : f32[slopes / 4 + (perRow ? Math.floor(i / columns) : i % columns)]!;
      f32[dst / 4 + i] = activated(f32[src / 4 + i]!, slope, low, high);
    }
  };

/** One operation on two arrays. */
const binary =
  (element: 'f32' | Code, operation: (a: number, b: number) => number) =>
  (heap: Heap, a: number, b: number, dst: number, count: number): void => {
    const { [element]: values } = heap.all;
    const bytes = values.BYTES_PER_ELEMENT;
    for (let i = 0; i < count; i++) values[dst / bytes + i] = operation(values[a / bytes + i]!, values[b / bytes + i]!);
  };

/** a + (b - c) in double, rounded once. */
function addDifference(heap: Heap, a: number, b: number, c: number, dst: number, count: number): void {
  const { f32 } = heap.all;
  for (let i = 0; i < count; i++) f32[dst / 4 + i] = f32[a / 4 + i]! + (f32[b / 4 + i]! - f32[c / 4 + i]!);
}

/** float32(a * factorA + b * factorB) in double from codes (docs/spec/quantizer.md, section 4, "Eltwise SUM"), then low..high. */
const sum =
  (element: Code) =>
  (
    heap: Heap,
    a: number,
    b: number,
    dst: number,
    count: number,
    factorA: number,
    factorB: number,
    low: number,
    high: number,
  ): void => {
    const { f32, [element]: codes } = heap.all;
    const bytes = codes.BYTES_PER_ELEMENT;
    for (let i = 0; i < count; i++) {
      f32[dst / 4 + i] = activated(
        Math.fround(codes[a / bytes + i]! * factorA + codes[b / bytes + i]! * factorB),
        undefined,
        low,
        high,
      );
    }
  };

/** dst = (accumulate ? dst : 0) + code * factor in float64: one operand of a longer sum. */
const weigh =
  (element: Code) =>
  (heap: Heap, src: number, dst: number, count: number, factor: number, accumulate: number): void => {
    const { f64, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      const product = codes[src / codes.BYTES_PER_ELEMENT + i]! * factor;
      f64[dst / 8 + i] = accumulate ? f64[dst / 8 + i]! + product : product;
    }
  };

/** float64 to float32. */
function roundF64(heap: Heap, src: number, dst: number, count: number): void {
  for (let i = 0; i < count; i++) heap.all.f32[dst / 4 + i] = heap.all.f64[src / 8 + i]!;
}

/** dst = (accumulate ? dst : 0) + sign * code in int32: the overlay's Eltwise SUM. */
const join =
  (element: Code) =>
  (heap: Heap, src: number, dst: number, count: number, sign: number, accumulate: number): void => {
    const { i32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      const code = codes[src / codes.BYTES_PER_ELEMENT + i]! * sign;
      i32[dst / 4 + i] = accumulate ? i32[dst / 4 + i]! + code : code;
    }
  };

const all = (given: Arguments): number => given['rows']! * given['columns']!;
const count = (given: Arguments): number => given['count']!;
const source = [input('src', 'f32', all), output('dst', 'f32', all), size('rows', 1), size('columns', 4)];
const activation = (channel: string): Parameter[] => [
  ...source,
  input('slopes', 'f32', (given) => given[channel]!, { optional: true }),
  oneOf('low', -Infinity, 0),
  oneOf('high', Infinity, 6),
];
const two = (element: 'f32' | Code, tile: number): Parameter[] => [
  input('a', element, count),
  input('b', element, count),
  output('dst', element, count),
  size('count', tile),
];
const factors = (name: string): Parameter => oneOf(name, 0.5, -Math.fround(0.1) * Math.fround(0.037), 0);
const sums = (element: Code): Parameter[] => [
  input('a', element, count),
  input('b', element, count),
  output('dst', 'f32', count),
  size('count', 4),
  factors('factorA'),
  factors('factorB'),
  oneOf('low', -Infinity, 0),
  oneOf('high', Infinity, 6),
];
const inPlace: [string, string][] = [['src', 'dst']];
const onto: [string, string][] = [
  ['a', 'dst'],
  ['b', 'dst'],
];

export const elementwiseRows = {
  activate_f32: row(activation('rows'), activate(true), inPlace),
  activate_columns_f32: row(activation('columns'), activate(false), inPlace),
  add_f32: row(
    two('f32', 4),
    binary('f32', (a, b) => a + b),
    onto,
  ),
  add_difference_f32: row(
    [
      input('a', 'f32', count),
      input('b', 'f32', count),
      input('c', 'f32', count),
      output('dst', 'f32', count),
      size('count', 4),
    ],
    addDifference,
    [...onto, ['c', 'dst']],
  ),
  multiply_f32: row(
    two('f32', 4),
    binary('f32', (a, b) => a * b),
    onto,
  ),
  max_f32: row(two('f32', 4), binary('f32', Math.max), onto),
  max_i8: row(two('i8', 16), binary('i8', Math.max), onto),
  max_i16: row(two('i16', 8), binary('i16', Math.max), onto),
  sum_i8: row(sums('i8'), sum('i8')),
  sum_i16: row(sums('i16'), sum('i16')),
  weigh_i8: row(
    [
      input('src', 'i8', count),
      both('dst', 'f64', count),
      size('count', 1),
      factors('factor'),
      oneOf('accumulate', 0, 1),
    ],
    weigh('i8'),
  ),
  weigh_i16: row(
    [
      input('src', 'i16', count),
      both('dst', 'f64', count),
      size('count', 1),
      factors('factor'),
      oneOf('accumulate', 0, 1),
    ],
    weigh('i16'),
  ),
  round_f64: row([input('src', 'f64', count), output('dst', 'f32', count), size('count', 1)], roundF64),
  join_i8: row(
    [
      input('src', 'i8', count),
      both('dst', 'i32', count),
      size('count', 4),
      oneOf('sign', 1, -1),
      oneOf('accumulate', 0, 1),
    ],
    join('i8'),
  ),
  join_i16: row(
    [
      input('src', 'i16', count),
      both('dst', 'i32', count),
      size('count', 4),
      oneOf('sign', 1, -1),
      oneOf('accumulate', 0, 1),
    ],
    join('i16'),
  ),
};
