import type { Heap } from '../heap.js';
import { type Arguments, derived, input, oneOf, output, type Parameter, row, size } from '../row.js';

type Code = 'i8' | 'i16';
const LIMIT = { i8: 128, i16: 32768 };

/** Ties to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const part = value - below;
  if (part !== 0.5) return part < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** NaN gives 0; outside the type the nearest end. */
function saturate(value: number, element: Code): number {
  return Number.isNaN(value) ? 0 : Math.min(LIMIT[element] - 1, Math.max(-LIMIT[element], value));
}

/** clip(x, -th, th); NaN stays. */
function clip(x: number, threshold: number): number {
  if (x < -threshold) x = -threshold;
  return threshold < x ? threshold : x;
}

/**
 * roundHalfEven(clip(x, -th, th) / sf) in float32 (docs/spec/quantizer.md, section 4, `fq`). A zero threshold gives 0, NaN the largest
 * code (a walk refuses both NaN and infinity before). th / sf is at most a code.
 */
export function codeOf(x: number, threshold: number, step: number): number {
  return roundHalfEven(Math.fround((Number.isNaN(x) ? threshold : clip(x, threshold)) / (step === 0 ? 1 : step)));
}

function quantize(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, threshold: number, step: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++)
      codes[dst / codes.BYTES_PER_ELEMENT + i] = codeOf(f32[src / 4 + i]!, threshold, step);
  };
}

/** trunc(clip(x, -th, th) * factor) in float32, factor = m / th (docs/spec/overlay.md, "quantizeTensor"); factor 0 for th 0. */
function quantizeTensor(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, threshold: number, factor: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      codes[dst / codes.BYTES_PER_ELEMENT + i] = saturate(
        Math.trunc(Math.fround(clip(f32[src / 4 + i]!, threshold) * factor)),
        element,
      );
    }
  };
}

/** clip(roundHalfEven(x / step), -largest, largest), divided in float64; NaN gives 0. The step is not 0. */
function nearest(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, step: number, largest: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      const code = roundHalfEven(f32[src / 4 + i]! / step);
      codes[dst / codes.BYTES_PER_ELEMENT + i] = Number.isNaN(code) ? 0 : Math.min(largest, Math.max(-largest, code));
    }
  };
}

/** code / divisor * factor in float32: divisor 1 and factor sf for the grid, m and th for unquantizeTensor (docs/spec/overlay.md). */
function dequantize(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, divisor: number, factor: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++)
      f32[dst / 4 + i] = Math.fround(codes[src / codes.BYTES_PER_ELEMENT + i]! / divisor) * factor;
  };
}

/** Codes on the grid of `from`, rounded again with another threshold and step. */
function requantize(old: Code, element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, from: number, threshold: number, step: number): void => {
    const { [old]: before, [element]: after } = heap.all;
    for (let i = 0; i < count; i++) {
      const value = Math.fround(before[src / before.BYTES_PER_ELEMENT + i]! * from);
      after[dst / after.BYTES_PER_ELEMENT + i] = codeOf(value, threshold, step);
    }
  };
}

const count = size('count', 4);
/** A threshold and its step; 0.25: codes up to 4, and ties. */
const thresholds = (element: Code): Parameter[] => [
  oneOf('threshold', 1, 0, 0.3349609375),
  derived('step', (given) => [
    Math.fround(given['threshold']! / (LIMIT[element] - 1)),
    ...(given['threshold'] === 1 ? [0.25] : []),
  ]),
];
const from = (element: 'f32' | Code, to: 'f32' | Code, more: Parameter[]): Parameter[] => [
  input('src', element, (given) => given['count']!),
  output('dst', to, (given) => given['count']!),
  count,
  ...more,
];
const tensor = [oneOf('threshold', 1, 0.3349609375), oneOf('factor', 0, 127, 32767, Math.fround(127 / 0.3349609375))];
const back = [oneOf('divisor', 1, 127, 32767), oneOf('factor', Math.fround(0.1), 1)];
const again = (element: Code): Parameter[] => [oneOf('from', Math.fround(0.03), 0.125), ...thresholds(element)];

/** Values up to a third beyond the grid: some at a tie of two codes or a step of float32 beside it, some anywhere, some not finite. */
function aroundTies(given: Arguments, random: (below: number) => number): number[] {
  const { count, step, largest } = given as { count: number; step: number; largest: number };
  return Array.from({ length: count }, () => {
    const sign = random(2) * 2 - 1;
    const kind = random(16);
    if (kind === 0) return [NaN, Infinity, -Infinity, -0][random(4)]!;
    if (kind < 4) return (sign * largest * step * random(2 ** 24)) / 2 ** 24 / 0.75;
    const tie = Math.fround((random(2 * largest) + 0.5) * step);
    return sign * Math.fround(tie * (1 + (random(5) - 2) * 2 ** -24));
  });
}

/** From float32 to the nearest codes. The largest step is within a factor of 8 of the largest float32. */
const nearestRow = (element: Code) =>
  row(
    [
      input('src', 'f32', (given) => given['count']!, { fill: aroundTies }),
      output('dst', element, (given) => given['count']!),
      size('count', 8),
      oneOf('step', 0.5, Math.fround(0.03), Math.fround(1.7e-7), 1e-45, 1e-40, 2 ** 125),
      oneOf('largest', LIMIT[element] - 1),
    ],
    nearest(element),
  );

export const quantizeRows = {
  quantize_i8: row(from('f32', 'i8', thresholds('i8')), quantize('i8')),
  quantize_i16: row(from('f32', 'i16', thresholds('i16')), quantize('i16')),
  quantize_tensor_i8: row(from('f32', 'i8', tensor), quantizeTensor('i8')),
  quantize_tensor_i16: row(from('f32', 'i16', tensor), quantizeTensor('i16')),
  dequantize_i8: row(from('i8', 'f32', back), dequantize('i8')),
  dequantize_i16: row(from('i16', 'f32', back), dequantize('i16')),
  nearest_i8: nearestRow('i8'),
  nearest_i16: nearestRow('i16'),
  requantize_i8_i8: row(from('i8', 'i8', again('i8')), requantize('i8', 'i8'), [['src', 'dst']]),
  requantize_i16_i16: row(from('i16', 'i16', again('i16')), requantize('i16', 'i16'), [['src', 'dst']]),
  requantize_i8_i16: row(from('i8', 'i16', again('i16')), requantize('i8', 'i16')),
  requantize_i16_i8: row(from('i16', 'i8', again('i8')), requantize('i16', 'i8')),
};
