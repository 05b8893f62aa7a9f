import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, type Parameter, row, size } from '../row.js';
import { codeOf } from './quantize.js';

type Code = 'i8' | 'i16';

/** `x < 0 ? x * slope : x` in float32 (slope undefined: none; the -0 of a zero slope becomes +0), then low..high. */
export function activated(y: number, slope: number | undefined, low: number, high: number): number {
  if (slope !== undefined && y < 0) y = Math.fround(y * slope) + 0;
  if (y < low) y = low;
  return high < y ? high : y;
}

/** Joins |x| into a running largest [0] and smallest [1]; NaN never wins. */
function join(heap: Heap, extremes: number, value: number): void {
  const { f32 } = heap.all;
  const size = Math.abs(value);
  if (f32[extremes / 4]! < size) f32[extremes / 4] = size;
  if (size < f32[extremes / 4 + 1]!) f32[extremes / 4 + 1] = size;
}

/**
 * float32(acc * scales[row] + bias[row]), evaluated in double (docs/spec/quantizer.md, section 4, "Exact accumulation"), then the
 * activation, then |y| joined into `extremes` if given. Output element at row * rowStride + column * pixelStride.
 */
function grid(element: 'i32' | 'f64') {
  return (
    heap: Heap,
    acc: number,
    accStride: number,
    dst: number,
    rowStride: number,
    pixelStride: number,
    rows: number,
    columns: number,
    scales: number,
    bias: number,
    slopes: number,
    low: number,
    high: number,
    extremes: number,
  ): void => {
    const { f32, f64, [element]: sums } = heap.all;
    for (let r = 0; r < rows; r++) {
      const slope = slopes === 0 ? undefined : f32[slopes / 4 + r]!;
      for (let c = 0; c < columns; c++) {
        const sum = sums[acc / sums.BYTES_PER_ELEMENT + r * accStride + c]!;
        const y = activated(Math.fround(sum * f64[scales / 8 + r]! + f32[bias / 4 + r]!), slope, low, high);
        f32[dst / 4 + r * rowStride + c * pixelStride] = y;
        if (extremes !== 0) join(heap, extremes, y);
      }
    }
  };
}

/** The value of `grid`, rounded at once to the code of a known threshold (see `quantize_i8`). */
function gridCodes(element: 'i32' | 'f64', code: Code) {
  return (
    heap: Heap,
    acc: number,
    accStride: number,
    dst: number,
    rowStride: number,
    pixelStride: number,
    rows: number,
    columns: number,
    scales: number,
    bias: number,
    slopes: number,
    low: number,
    high: number,
    threshold: number,
    step: number,
  ): void => {
    const { f32, f64, [element]: sums, [code]: codes } = heap.all;
    for (let r = 0; r < rows; r++) {
      const slope = slopes === 0 ? undefined : f32[slopes / 4 + r]!;
      for (let c = 0; c < columns; c++) {
        const sum = sums[acc / sums.BYTES_PER_ELEMENT + r * accStride + c]!;
        const y = activated(Math.fround(sum * f64[scales / 8 + r]! + f32[bias / 4 + r]!), slope, low, high);
        codes[dst / codes.BYTES_PER_ELEMENT + r * rowStride + c * pixelStride] = codeOf(
          Number.isNaN(y) ? high : y,
          threshold,
          step,
        );
      }
    }
  };
}

/** Rows one after the other, or pixels one after the other, or with gaps. */
export const placed = (element: 'f32' | 'i8' | 'i16'): Parameter[] => [
  both(
    'dst',
    element,
    (given) => (given['rows']! - 1) * given['rowStride']! + (given['columns']! - 1) * given['pixelStride']! + 1,
  ),
  derived('rowStride', (given) => [given['columns']!, 1, given['columns']! + 2]),
  derived('pixelStride', (given) => [given['rowStride'] === 1 ? given['rows']! : 1]),
];

const running = { optional: true, fill: () => [0, 3.4028234663852886e38] };
/** A threshold within the type: the largest code is its own maximum. */
const thresholds = (code: Code): Parameter[] => [
  oneOf('threshold', 1, 0, 100),
  derived('step', (given) => [Math.fround(given['threshold']! / (code === 'i8' ? 127 : 32767))]),
];
const perRow = (given: Arguments): number => given['rows']!;

function parameters(element: 'i32' | 'f64', target: 'f32' | Code, more: Parameter[]): Parameter[] {
  return [
    input('acc', element, (given) => given['rows']! * given['accStride']!),
    derived('accStride', (given) => [given['columns']!, given['columns']! + 3]),
    ...placed(target),
    size('rows', 1),
    size('columns', 4),
    input('scales', 'f64', perRow),
    input('bias', 'f32', perRow),
    input('slopes', 'f32', perRow, { optional: true }),
    oneOf('low', -Infinity, 0),
    oneOf('high', Infinity, 6),
    ...more,
  ];
}

export const gridRows = {
  grid_i32: row(parameters('i32', 'f32', [both('extremes', 'f32', 2, running)]), grid('i32')),
  grid_f64: row(parameters('f64', 'f32', [both('extremes', 'f32', 2, running)]), grid('f64')),
  grid_i32_i8: row(parameters('i32', 'i8', thresholds('i8')), gridCodes('i32', 'i8')),
  grid_i32_i16: row(parameters('i32', 'i16', thresholds('i16')), gridCodes('i32', 'i16')),
  grid_f64_i8: row(parameters('f64', 'i8', thresholds('i8')), gridCodes('f64', 'i8')),
  grid_f64_i16: row(parameters('f64', 'i16', thresholds('i16')), gridCodes('f64', 'i16')),
};
