import type { Heap } from '../heap.js';
import { derived, input, oneOf, output, type Parameter, row } from '../row.js';
import { finish } from './gemm.js';

/**
 * Depthwise convolution from padded planes of float32: dst[channel][height * width], channel c of plane
 * floor(c / multiplier), taps added in ascending order, then `finish`. `offsets`: bytes of each tap in a plane.
 */
function depthwiseF32(
  heap: Heap,
  src: number,
  planeBytes: number,
  rowBytes: number,
  dst: number,
  weights: number,
  offsets: number,
  taps: number,
  channels: number,
  multiplier: number,
  height: number,
  width: number,
  bias: number,
  slopes: number,
  low: number,
  high: number,
): void {
  const { f32, i32 } = heap.all;
  for (let c = 0; c < channels; c++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const base =
        src + Math.floor(c / multiplier) * planeBytes + Math.floor(pixel / width) * rowBytes + (pixel % width) * 4;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        sum = Math.fround(
          sum + Math.fround(f32[weights / 4 + c * taps + tap]! * f32[(base + i32[offsets / 4 + tap]!) / 4]!),
        );
      }
      f32[dst / 4 + c * height * width + pixel] = finish(heap, sum, c, bias, slopes, low, high);
    }
  }
}

/**
 * The same in int32 from planes of int16 pairs, plane floor(c / multiplier / 2); a weight is a pair too, one half
 * of it 0, so that the dot product of the pairs picks its channel.
 */
function depthwiseI16(
  heap: Heap,
  src: number,
  planeBytes: number,
  rowBytes: number,
  dst: number,
  weights: number,
  offsets: number,
  taps: number,
  channels: number,
  multiplier: number,
  height: number,
  width: number,
): void {
  const { i16, i32 } = heap.all;
  for (let c = 0; c < channels; c++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const base =
        src +
        (Math.floor(c / multiplier) >> 1) * planeBytes +
        Math.floor(pixel / width) * rowBytes +
        (pixel % width) * 4;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        const weight = weights / 2 + (c * taps + tap) * 2;
        const at = (base + i32[offsets / 4 + tap]!) / 2;
        sum = (sum + i16[weight]! * i16[at]! + i16[weight + 1]! * i16[at + 1]!) | 0;
      }
      i32[dst / 4 + c * height * width + pixel] = sum;
    }
  }
}

const OFFSET = 12;

function parameters(element: 'f32' | 'i16', result: 'f32' | 'i32', together: number): Parameter[] {
  const halves = element === 'i16' ? 2 : 1;
  return [
    input(
      'src',
      element,
      (given) => (Math.ceil(given['channels']! / given['multiplier']! / together) * given['planeBytes']! * halves) / 4,
    ),
    derived('planeBytes', (given) => [4 * (given['height']! * (given['width']! + 5) + OFFSET)]),
    derived('rowBytes', (given) => [4 * given['width']!, 4 * given['width']! + 20]),
    output('dst', result, (given) => given['channels']! * given['height']! * given['width']!),
    input('weights', element, (given) => given['channels']! * given['taps']! * halves),
    input('offsets', 'i32', (given) => given['taps']!, {
      fill: (given, random) => Array.from({ length: given['taps']! }, () => 4 * random(OFFSET)),
    }),
    oneOf('taps', 1, 4, 9),
    oneOf('channels', 1, 2, 3, 6),
    oneOf('multiplier', 1, 2),
    oneOf('height', 1, 3, 4, 6, 8),
    oneOf('width', 1, 2, 3, 4, 7, 8, 17),
  ];
}

export const depthwiseRows = {
  depthwise_f32: row(
    [
      ...parameters('f32', 'f32', 1),
      input('bias', 'f32', (given) => given['channels']!),
      input('slopes', 'f32', (given) => given['channels']!, { optional: true }),
      oneOf('low', -Infinity, 0),
      oneOf('high', Infinity, 6),
    ],
    depthwiseF32,
  ),
  depthwise_i16: row(parameters('i16', 'i32', 2), depthwiseI16),
};
