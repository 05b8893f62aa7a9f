import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, output, type Parameter, row, size } from '../row.js';

type Code = 'i8' | 'i16';

/** Doubles that a comparison leaves: signal, noise, product, power, largest error, index of that error (-1: none). */
const RESULTS = 6;

/** What a comparison sums: a float32 value and what stands for it on the overlay. */
type ValueAt = (index: number) => number;

/**
 * Sums of x^2, (x - y)^2, x * y and y^2 in double, in the order of the elements; the largest |x - y| and the index of the first
 * that is so large. A difference that is NaN is never the largest.
 */
function measure(count: number, float: ValueAt, fixed: ValueAt): number[] {
  let [signal, noise, product, power, error, index] = [0, 0, 0, 0, 0, -1];
  for (let i = 0; i < count; i++) {
    const [x, y] = [float(i), fixed(i)];
    const difference = x - y;
    signal += x * x;
    noise += difference * difference;
    product += x * y;
    power += y * y;
    if (Math.abs(difference) > error) [error, index] = [Math.abs(difference), i];
  }
  return [signal, noise, product, power, error, index];
}

/** code / divisor * factor in float32 (`unquantizeTensor`, docs/spec/overlay.md). */
const decoded = (codes: Int8Array | Int16Array, divisor: number, factor: number): ValueAt => {
  const by = Math.fround(divisor);
  return (index) => Math.fround(Math.fround(codes[index]! / by) * factor);
};

/** {@link measure} of float32 values and codes. */
function compareCodes(element: Code) {
  return (
    heap: Heap,
    float: number,
    codes: number,
    count: number,
    divisor: number,
    factor: number,
    results: number,
  ): void => {
    const values = heap.f32(float, count);
    const fixed = decoded(heap[element](codes, count), divisor, factor);
    heap.f64(results, RESULTS).set(measure(count, (i) => values[i]!, fixed));
  };
}

/** {@link measure} of float32 values and codes, and of the same values and other codes behind it. */
function compareTwo(
  heap: Heap,
  float: number,
  codes: number,
  other: number,
  count: number,
  divisor: number,
  factor: number,
  _table: number,
  results: number,
): void {
  for (const [order, from] of [codes, other].entries())
    compareCodes('i8')(heap, float, from, count, divisor, factor, results + order * RESULTS * 8);
}

/** {@link measure} of float32 values and others. */
function compareFloats(heap: Heap, float: number, fixed: number, count: number, results: number): void {
  const [x, y] = [heap.f32(float, count), heap.f32(fixed, count)];
  heap.f64(results, RESULTS).set(
    measure(
      count,
      (i) => x[i]!,
      (i) => y[i]!,
    ),
  );
}

/**
 * Adds to each channel of `errors`, [signal, noise, largest][channel]: the sum of x^2, that of (x - y)^2, each of a run of `inner`
 * neighbours in double, in order; the largest |x|, which NaN never is. Values are [block][channel][inner].
 */
function channelErrors(element: Code) {
  return (
    heap: Heap,
    float: number,
    codes: number,
    blocks: number,
    channels: number,
    inner: number,
    divisor: number,
    factor: number,
    errors: number,
  ): void => {
    const count = blocks * channels * inner;
    const values = heap.f32(float, count);
    const fixed = decoded(heap[element](codes, count), divisor, factor);
    const sums = heap.f64(errors, 3 * channels);
    for (let run = 0; run < blocks * channels; run++) {
      const channel = run % channels;
      const [signal, noise] = measure(
        inner,
        (i) => values[run * inner + i]!,
        (i) => fixed(run * inner + i),
      );
      sums[channel]! += signal!;
      sums[channels + channel]! += noise!;
      for (const x of values.subarray(run * inner, (run + 1) * inner))
        if (Math.abs(x) > sums[2 * channels + channel]!) sums[2 * channels + channel] = Math.abs(x);
    }
  };
}

/** The larger code and the threshold of a grid. */
const grid = (element: Code): Parameter[] => [
  oneOf('divisor', element === 'i8' ? 127 : 32767),
  oneOf('factor', Math.fround(2.3), 0, 3.4028234663852886e38),
];

const counted = (given: Arguments): number => given['count']!;
const compareRow = (element: Code) =>
  row(
    [
      input('float', 'f32', counted),
      input('codes', element, counted),
      size('count', 4),
      ...grid(element),
      output('results', 'f64', RESULTS),
    ],
    compareCodes(element),
  );

const perElement = (given: Arguments): number => given['blocks']! * given['channels']! * given['inner']!;
const channelRow = (element: Code) =>
  row(
    [
      input('float', 'f32', perElement),
      input('codes', element, perElement),
      size('blocks', 2),
      size('channels', 4),
      derived('inner', () => [1, 2, 4, 7, 13]),
      ...grid(element),
      both('errors', 'f64', (given) => 3 * given['channels']!, {
        fill: (given, random) => Array.from({ length: 3 * given['channels']! }, () => random(3)),
      }),
    ],
    channelErrors(element),
  );

export const compareRows = {
  compare_i8: compareRow('i8'),
  compare_i16: compareRow('i16'),
  compare_f32: row(
    [
      input('float', 'f32', counted),
      input('fixed', 'f32', counted),
      size('count', 4),
      output('results', 'f64', RESULTS),
    ],
    compareFloats,
  ),
  compare_two_i8: row(
    [
      input('float', 'f32', counted),
      input('codes', 'i8', counted),
      input('other', 'i8', counted),
      size('count', 4),
      ...grid('i8'),
      { ...output('table', 'f64', 256), scratch: true },
      output('results', 'f64', 2 * RESULTS),
    ],
    compareTwo,
  ),
  channel_errors_i8: channelRow('i8'),
  channel_errors_i16: channelRow('i16'),
};
