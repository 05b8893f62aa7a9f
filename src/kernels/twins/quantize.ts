import type { Heap } from '../heap.js';
import { input, oneOf, output, row, size, type Parameter } from '../row.js';

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

/** roundHalfEven(clip(x, -th, th) / sf) in float32 (QUANTIZER.md, section 4, `fq`); a zero threshold gives 0. */
export function codeOf(x: number, threshold: number, step: number, element: Code): number {
  return saturate(roundHalfEven(Math.fround(clip(x, threshold) / step)), element);
}

function quantize(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, threshold: number, step: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) codes[dst / codes.BYTES_PER_ELEMENT + i] = codeOf(f32[src / 4 + i]!, threshold, step, element);
  };
}

/** trunc(clip(x, -th, th) * factor) in float32, factor = m / th (OVERLAY.md, quantizeTensor); factor 0 for th 0. */
function quantizeTensor(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, threshold: number, factor: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) {
      codes[dst / codes.BYTES_PER_ELEMENT + i] = saturate(Math.trunc(Math.fround(clip(f32[src / 4 + i]!, threshold) * factor)), element);
    }
  };
}

/** code / divisor * factor in float32: divisor 1 and factor sf for the grid, m and th for OVERLAY.md's unquantizeTensor. */
function dequantize(element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, divisor: number, factor: number): void => {
    const { f32, [element]: codes } = heap.all;
    for (let i = 0; i < count; i++) f32[dst / 4 + i] = Math.fround(codes[src / codes.BYTES_PER_ELEMENT + i]! / divisor) * factor;
  };
}

/** Codes on the grid of `from`, rounded again with another threshold and step. */
function requantize(old: Code, element: Code) {
  return (heap: Heap, src: number, dst: number, count: number, from: number, threshold: number, step: number): void => {
    const { [old]: before, [element]: after } = heap.all;
    for (let i = 0; i < count; i++) {
      const value = Math.fround(before[src / before.BYTES_PER_ELEMENT + i]! * from);
      after[dst / after.BYTES_PER_ELEMENT + i] = codeOf(value, threshold, step, element);
    }
  };
}

const count = size('count', 4);
const thresholds = [oneOf('threshold', 1, 0, 0.3349609375), oneOf('step', 0, Math.fround(1 / 127), Math.fround(1 / 32767), 0.25)];
const from = (element: 'f32' | Code, to: 'f32' | Code, more: Parameter[]): Parameter[] => [
  input('src', element, (given) => given['count']!), output('dst', to, (given) => given['count']!), count, ...more,
];
const tensor = [oneOf('threshold', 1, 0.3349609375), oneOf('factor', 0, 127, 32767, Math.fround(127 / 0.3349609375))];
const back = [oneOf('divisor', 1, 127, 32767), oneOf('factor', Math.fround(0.1), 1)];
const again = [oneOf('from', Math.fround(0.03), 0.5), ...thresholds];

export const quantizeRows = {
  quantize_i8: row(from('f32', 'i8', thresholds), quantize('i8')),
  quantize_i16: row(from('f32', 'i16', thresholds), quantize('i16')),
  quantize_tensor_i8: row(from('f32', 'i8', tensor), quantizeTensor('i8')),
  quantize_tensor_i16: row(from('f32', 'i16', tensor), quantizeTensor('i16')),
  dequantize_i8: row(from('i8', 'f32', back), dequantize('i8')),
  dequantize_i16: row(from('i16', 'f32', back), dequantize('i16')),
  requantize_i8_i8: row(from('i8', 'i8', again), requantize('i8', 'i8'), [['src', 'dst']]),
  requantize_i16_i16: row(from('i16', 'i16', again), requantize('i16', 'i16'), [['src', 'dst']]),
  requantize_i8_i16: row(from('i8', 'i16', again), requantize('i8', 'i16')),
  requantize_i16_i8: row(from('i16', 'i8', again), requantize('i16', 'i8')),
};
