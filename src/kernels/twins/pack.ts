import type { Heap } from '../heap.js';
import { both, derived, input, oneOf, output, row, size, type Arguments } from '../row.js';

/**
 * Panels of 8 pixels of 32-bit elements: dst[panel][k][8]; pixel p = first + index lies at
 * src + offsets[k] + floor(p / width) * rowBytes + (p % width) * 4, offsets in bytes. The last panel is filled with zeros.
 */
function packPanels(
  heap: Heap, src: number, dst: number, offsets: number, depth: number, width: number, rowBytes: number, first: number, count: number,
): void {
  const { i32 } = heap.all;
  for (let index = 0; index < Math.ceil(count / 8) * 8; index++) {
    const pixel = first + index;
    const base = src + Math.floor(pixel / width) * rowBytes + (pixel % width) * 4;
    for (let k = 0; k < depth; k++) {
      i32[dst / 4 + ((index >> 3) * depth + k) * 8 + (index & 7)] = index < count ? i32[(base + i32[offsets / 4 + k]!) / 4]! : 0;
    }
  }
}

/** Where a padded element comes from: its row and column in the source, or undefined in the padding. */
type Place = (row: number, phase: number, column: number) => number | undefined;

/** Strides, sizes and steps shared by the padding kernels; see `pad_f32`. */
function place(
  rowBytes: number, columnBytes: number, height: number, width: number, top: number, left: number, rowStep: number, columnStep: number,
): Place {
  return (row, phase, column) => {
    const y = row * rowStep - top;
    const x = column * columnStep + phase - left;
    return y >= 0 && y < height && x >= 0 && x < width ? y * rowBytes + x * columnBytes : undefined;
  };
}

/**
 * Padded float32 planes, their columns split in phases so that a strided convolution reads neighbours:
 * dst[channel][row][phase][column] = source at row * rowStep - top, column * columnStep + phase - left, or 0 outside.
 * Strides of src in bytes: NCHW and NHWC alike.
 */
function padF32(
  heap: Heap, src: number, dst: number, channels: number, channelBytes: number, rowBytes: number, columnBytes: number,
  height: number, width: number, top: number, left: number, rows: number, columns: number, rowStep: number, columnStep: number, phases: number,
): void {
  const { f32 } = heap.all;
  const from = place(rowBytes, columnBytes, height, width, top, left, rowStep, columnStep);
  let to = dst / 4;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < rows; y++) {
      for (let phase = 0; phase < phases; phase++) {
        for (let x = 0; x < columns; x++) {
          const offset = from(y, phase, x);
          f32[to++] = offset === undefined ? 0 : f32[(src + c * channelBytes + offset) / 4]!;
        }
      }
    }
  }
}

/** dst[column][row] = src[row][column] of 32-bit elements; strides in elements. */
function transpose32(heap: Heap, src: number, srcStride: number, dst: number, dstStride: number, rows: number, columns: number): void {
  const { i32 } = heap.all;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) i32[dst / 4 + column * dstStride + row] = i32[src / 4 + row * srcStride + column]!;
  }
}

/** Bytes of the planes `pack_panels` reads: every offset lies below 4 * width + 64. */
const panelSource = (given: Arguments): number =>
  (Math.ceil((given['first']! + given['count']!) / given['width']!) * given['rowBytes']!) / 4 + given['width']! + 64;

export const packRows = {
  pack_panels: row([
    input('src', 'i32', panelSource), output('dst', 'i32', (given) => Math.ceil(given['count']! / 8) * given['depth']! * 8),
    input('offsets', 'i32', (given) => given['depth']!, { fill: (given, random) => Array.from({ length: given['depth']! }, () => 4 * random(16)) }),
    size('depth', 4), oneOf('width', 1, 3, 7, 8, 9, 14, 40), derived('rowBytes', (given) => [given['width']! * 4, given['width']! * 4 + 8]),
    oneOf('first', 0, 5, 8), size('count', 8),
  ], packPanels),
  pad_f32: row([
    input('src', 'f32', (given) => given['channels']! * given['height']! * given['width']!),
    output('dst', 'f32', (given) => given['channels']! * given['rows']! * given['phases']! * given['columns']!),
    size('channels', 1),
    derived('channelBytes', (given) => [given['height']! * given['width']! * 4, 4]),
    derived('rowBytes', (given) => [given['channelBytes'] === 4 && given['channels']! > 1 ? given['width']! * given['channels']! * 4 : given['width']! * 4]),
    derived('columnBytes', (given) => [given['channelBytes'] === 4 && given['channels']! > 1 ? given['channels']! * 4 : 4]),
    oneOf('height', 1, 5), oneOf('width', 1, 4, 9), oneOf('top', 0, 1, 3), oneOf('left', 0, 1, 2, 12), oneOf('rows', 1, 4, 9), oneOf('columns', 1, 3, 8),
    oneOf('rowStep', 1, 2), oneOf('columnStep', 1, 2, 3), derived('phases', (given) => [1, given['columnStep']!]),
  ], padF32),
  transpose_32: row([
    input('src', 'i32', (given) => (given['rows']! - 1) * given['srcStride']! + given['columns']!), derived('srcStride', (given) => [given['columns']!, given['columns']! + 3]),
    both('dst', 'i32', (given) => (given['columns']! - 1) * given['dstStride']! + given['rows']!), derived('dstStride', (given) => [given['rows']!, given['rows']! + 2]),
    size('rows', 4), size('columns', 4),
  ], transpose32),
};
