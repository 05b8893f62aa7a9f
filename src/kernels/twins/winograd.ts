import type { Heap } from '../heap.js';
import { derived, input, oneOf, output, row, type Arguments } from '../row.js';

/** Rows (or columns) 0..3 of a patch to its transform. */
const INPUT = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]];
/** Rows (or columns) 0..3 of a product to two outputs. */
const OUTPUT = [[1, 1, 1, 0], [0, 1, -1, -1]];

/** left * matrix * left transposed, exact in whole numbers; `at` gives the element of the 4 x 4 matrix. */
function sandwich(left: number[][], y: number, x: number, at: (row: number, column: number) => number): number {
  let sum = 0;
  for (let r = 0; r < 4; r++) for (let c = 0; c < 4; c++) sum += left[y]![r]! * left[x]![c]! * at(r, c);
  return sum;
}

/**
 * Transform of 4 x 4 patches of pairs of int16, tile after tile (patches 2 apart, `tileColumns` of at least 3 in a row of
 * tiles), to 16 planes of panels, `dstPlane` bytes apart, each [panel][pair][8 tiles][2]. Source planes: rows of even
 * columns, then `phaseBytes` on the odd ones. Tiles past `count`, up to a multiple of 4, hold anything.
 */
function winogradInput(
  heap: Heap, src: number, planeBytes: number, rowBytes: number, phaseBytes: number, dst: number, dstPlane: number, pairs: number, count: number, tileColumns: number,
): void {
  const { i16 } = heap.all;
  for (let t = 0; t < Math.ceil(count / 4) * 4; t++) {
    for (let k = 0; k < pairs; k++) {
      for (let half = 0; half < 2; half++) {
        const base = src + k * planeBytes + Math.floor(t / tileColumns) * 2 * rowBytes + (t % tileColumns) * 4 + half * 2;
        const code = (r: number, c: number): number => i16[(base + r * rowBytes + (c & 1) * phaseBytes + (c >> 1) * 4) / 2]!;
        for (let plane = 0; plane < 16; plane++) {
          const to = dst + plane * dstPlane + (t >> 3) * pairs * 32 + k * 32 + (t & 7) * 4 + half * 2;
          i16[to / 2] = sandwich(INPUT, plane >> 2, plane & 3, code);
        }
      }
    }
  }
}

/**
 * Outputs from 16 planes of products [channel][tile], `srcPlane` bytes apart: height x width pixels per channel, tiles
 * of 2 x 2, a quarter of the transform (modulo 2^32). Strides of channels in elements.
 */
function winogradOutput(
  heap: Heap, src: number, srcPlane: number, srcStride: number, dst: number, dstStride: number, channels: number, tileColumns: number, height: number, width: number,
): void {
  const { i32 } = heap.all;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      const tile = (y >> 1) * tileColumns + (x >> 1);
      const product = (r: number, c: number): number => i32[(src + (r * 4 + c) * srcPlane) / 4 + channel * srcStride + tile]!;
      i32[dst / 4 + channel * dstStride + pixel] = (sandwich(OUTPUT, y & 1, x & 1, product) | 0) >> 2;
    }
  }
}

const panels = (given: Arguments): number => Math.ceil(given['count']! / 8) * given['pairs']! * 32;
const tileRows = (given: Arguments): number => Math.ceil(given['count']! / given['tileColumns']!) + 2;

export const winogradRows = {
  winograd_input_i16: row([
    input('src', 'i16', (given) => (given['pairs']! * given['planeBytes']!) / 2),
    derived('planeBytes', (given) => [(2 * tileRows(given) + 2) * 8 * (given['tileColumns']! + 1)]), derived('rowBytes', (given) => [8 * (given['tileColumns']! + 1)]),
    derived('phaseBytes', (given) => [4 * (given['tileColumns']! + 1)]), output('dst', 'i16', (given) => 8 * given['dstPlane']!), derived('dstPlane', (given) => [panels(given), panels(given) + 64]),
    oneOf('pairs', 1, 3), oneOf('count', 4, 8, 12, 16, 28), oneOf('tileColumns', 3, 4, 5, 7, 14),
  ], winogradInput),
  winograd_output_i32: row([
    input('src', 'i32', (given) => 4 * given['srcPlane']!), derived('srcPlane', (given) => [4 * given['channels']! * Math.ceil(given['height']! / 2) * given['tileColumns']!]),
    derived('srcStride', (given) => [Math.ceil(given['height']! / 2) * given['tileColumns']!]), output('dst', 'i32', (given) => given['channels']! * given['dstStride']!),
    derived('dstStride', (given) => [2 * given['height']! * given['tileColumns']!, 2 * given['height']! * given['tileColumns']! + 3]), oneOf('channels', 1, 3),
    oneOf('tileColumns', 1, 2, 3, 4, 5, 7, 14), oneOf('height', 1, 2, 5), derived('width', (given) => [2 * given['tileColumns']!, 2 * given['tileColumns']! - 1]),
  ], winogradOutput),
};
