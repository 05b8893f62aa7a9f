import type { Heap } from '../heap.js';
import { type Arguments, both, derived, input, oneOf, output, type Parameter, row, size } from '../row.js';

/**
 * Panels of 8 pixels of 32-bit elements: dst[panel][k][8]; pixel p = first + index lies at
 * src + offsets[k] + floor(p / width) * rowBytes + (p % width) * 4, offsets in bytes. The last panel is filled with zeros.
 */
function packPanels(
  heap: Heap,
  src: number,
  dst: number,
  offsets: number,
  depth: number,
  width: number,
  rowBytes: number,
  first: number,
  count: number,
): void {
  const { i32 } = heap.all;
  for (let index = 0; index < Math.ceil(count / 8) * 8; index++) {
    const pixel = first + index;
    const base = src + Math.floor(pixel / width) * rowBytes + (pixel % width) * 4;
    for (let k = 0; k < depth; k++) {
      i32[dst / 4 + ((index >> 3) * depth + k) * 8 + (index & 7)] =
        index < count ? i32[(base + i32[offsets / 4 + k]!) / 4]! : 0;
    }
  }
}

/**
 * Panels of 8 neighbouring pixels from int8 planes of `planeBytes` bytes: dst[panel][pair][8][2] = channels 2 pair and 2 pair + 1 in int16, 0
 * for the one past the last. The last panel is filled with zeros.
 */
function packPairsI8(heap: Heap, src: number, dst: number, channels: number, planeBytes: number, count: number): void {
  const { i8, i16 } = heap.all;
  const paired = Math.ceil(channels / 2) * 2;
  for (let index = 0; index < Math.ceil(count / 8) * 8; index++) {
    for (let channel = 0; channel < paired; channel++) {
      const to = dst / 2 + (((index >> 3) * paired) / 2 + (channel >> 1)) * 16 + (index & 7) * 2 + (channel & 1);
      i16[to] = index < count && channel < channels ? i8[src + channel * planeBytes + index]! : 0;
    }
  }
}

/** The byte offset in the source of a padded element; undefined in the padding. */
type SourceOffset = (row: number, phase: number, column: number) => number | undefined;

/** Strides, sizes and steps shared by the padding kernels; see `pad_f32`. */
function sourceOffset(
  rowBytes: number,
  columnBytes: number,
  height: number,
  width: number,
  top: number,
  left: number,
  rowStep: number,
  columnStep: number,
): SourceOffset {
  return (row, phase, column) => {
    const y = row * rowStep - top;
    const x = column * columnStep + phase - left;
    return y >= 0 && y < height && x >= 0 && x < width ? y * rowBytes + x * columnBytes : undefined;
  };
}

/** Source address to the 32-bit element it gives; `channel` may be the one past the last of an odd number. */
type Read = (channel: number, offset: number) => number;

/** All padding kernels: `planes` planes of 32-bit elements, written as int32 bits. */
function pad(
  heap: Heap,
  dst: number,
  planes: number,
  rows: number,
  columns: number,
  phases: number,
  from: SourceOffset,
  read: Read,
): void {
  const { i32 } = heap.all;
  let to = dst / 4;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < rows; y++) {
      for (let phase = 0; phase < phases; phase++) {
        for (let x = 0; x < columns; x++) {
          const offset = from(y, phase, x);
          i32[to++] = offset === undefined ? 0 : read(plane, offset);
        }
      }
    }
  }
}

/**
 * Padded float32 planes, their columns split in phases so that a strided convolution reads neighbours:
 * dst[channel][row][phase][column] = source at row * rowStep - top, column * columnStep + phase - left, or 0 outside.
 * Strides of src in bytes: NCHW and NHWC alike.
 */
function padF32(
  heap: Heap,
  src: number,
  dst: number,
  channels: number,
  channelBytes: number,
  rowBytes: number,
  columnBytes: number,
  height: number,
  width: number,
  top: number,
  left: number,
  rows: number,
  columns: number,
  rowStep: number,
  columnStep: number,
  phases: number,
): void {
  const from = sourceOffset(rowBytes, columnBytes, height, width, top, left, rowStep, columnStep);
  pad(
    heap,
    dst,
    channels,
    rows,
    columns,
    phases,
    from,
    (channel, offset) => heap.all.i32[(src + channel * channelBytes + offset) / 4]!,
  );
}

/** As `pad_f32` from codes to pairs of int16 (channels 2 i and 2 i + 1, low half first; 0 past the last channel). */
function padCodes(element: 'i8' | 'i16') {
  return (
    heap: Heap,
    src: number,
    dst: number,
    channels: number,
    channelBytes: number,
    rowBytes: number,
    columnBytes: number,
    height: number,
    width: number,
    top: number,
    left: number,
    rows: number,
    columns: number,
    rowStep: number,
    columnStep: number,
    phases: number,
  ): void => {
    const codes = heap.all[element];
    const from = sourceOffset(rowBytes, columnBytes, height, width, top, left, rowStep, columnStep);
    const code = (channel: number, offset: number): number =>
      channel < channels ? codes[(src + channel * channelBytes + offset) / codes.BYTES_PER_ELEMENT]! : 0;
    pad(
      heap,
      dst,
      Math.ceil(channels / 2),
      rows,
      columns,
      phases,
      from,
      (pair, offset) => (code(2 * pair, offset) & 0xffff) | (code(2 * pair + 1, offset) << 16),
    );
  };
}

/** dst[column][row] = src[row][column] of 32-bit elements; strides in elements. */
function transpose32(
  heap: Heap,
  src: number,
  srcStride: number,
  dst: number,
  dstStride: number,
  rows: number,
  columns: number,
): void {
  const { i32 } = heap.all;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      i32[dst / 4 + column * dstStride + row] = i32[src / 4 + row * srcStride + column]!;
  }
}

/** Bytes of the planes `pack_panels` reads: every offset lies below 4 * width + 64. */
const panelSource = (given: Arguments): number =>
  (Math.ceil((given['first']! + given['count']!) / given['width']!) * given['rowBytes']!) / 4 + given['width']! + 64;

/** Channels first (one plane after the other) or last (one pixel after the other), by the channel stride chosen. */
function padParameters(element: 'f32' | 'i8' | 'i16', bytes: number, together: number): Parameter[] {
  const last = (given: Arguments): boolean => given['channelBytes'] === bytes && given['channels']! > 1;
  return [
    input('src', element, (given) => given['channels']! * given['height']! * given['width']!),
    output(
      'dst',
      'i32',
      (given) => Math.ceil(given['channels']! / together) * given['rows']! * given['phases']! * given['columns']!,
    ),
    size('channels', together),
    derived('channelBytes', (given) => [given['height']! * given['width']! * bytes, bytes]),
    derived('rowBytes', (given) => [given['width']! * bytes * (last(given) ? given['channels']! : 1)]),
    derived('columnBytes', (given) => [bytes * (last(given) ? given['channels']! : 1)]),
    oneOf('height', 1, 5),
    oneOf('width', 1, 4, 9, 21),
    oneOf('top', 0, 1, 3),
    oneOf('left', 0, 1, 2, 12),
    oneOf('rows', 1, 4, 9),
    oneOf('columns', 1, 3, 8, 20),
    oneOf('rowStep', 1, 2),
    oneOf('columnStep', 1, 2, 3),
    derived('phases', (given) => [1, given['columnStep']!]),
  ];
}

export const packRows = {
  pack_panels: row(
    [
      input('src', 'i32', panelSource),
      output('dst', 'i32', (given) => Math.ceil(given['count']! / 8) * given['depth']! * 8),
      input('offsets', 'i32', (given) => given['depth']!, {
        fill: (given, random) => Array.from({ length: given['depth']! }, () => 4 * random(16)),
      }),
      size('depth', 4),
      oneOf('width', 1, 3, 7, 8, 9, 14, 40),
      derived('rowBytes', (given) => [given['width']! * 4, given['width']! * 4 + 8]),
      oneOf('first', 0, 5, 8),
      size('count', 8),
    ],
    packPanels,
  ),
  pack_pairs_i8: row(
    [
      input('src', 'i8', (given) => (given['channels']! - 1) * given['planeBytes']! + given['count']!),
      output('dst', 'i16', (given) => Math.ceil(given['count']! / 8) * Math.ceil(given['channels']! / 2) * 16),
      size('channels', 2),
      derived('planeBytes', (given) => [given['count']!, given['count']! + 5]),
      size('count', 8),
    ],
    packPairsI8,
  ),
  pad_f32: row(padParameters('f32', 4, 1), padF32),
  pad_i8: row(padParameters('i8', 1, 2), padCodes('i8')),
  pad_i16: row(padParameters('i16', 2, 2), padCodes('i16')),
  transpose_32: row(
    [
      input('src', 'i32', (given) => (given['rows']! - 1) * given['srcStride']! + given['columns']!),
      derived('srcStride', (given) => [given['columns']!, given['columns']! + 3]),
      both('dst', 'i32', (given) => (given['columns']! - 1) * given['dstStride']! + given['rows']!),
      derived('dstStride', (given) => [given['rows']!, given['rows']! + 2]),
      size('rows', 4),
      size('columns', 4),
    ],
    transpose32,
  ),
};
