import type { Heap } from '../heap.js';
import { type Arguments, derived, input, oneOf, output, type Parameter, row } from '../row.js';
import { finish } from './gemm.js';

/** One dimension of a transform: of an input patch, and from products to outputs; `divisor` of both dimensions together. */
interface Transform {
  readonly input: readonly (readonly number[])[];
  readonly output: readonly (readonly number[])[];
  readonly divisor: number;
}

/** F(2 x 2, 3 x 3), its weights times 2 in each dimension. */
const TWO: Transform = {
  input: [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, 1, 0, -1],
  ],
  output: [
    [1, 1, 1, 0],
    [0, 1, -1, -1],
  ],
  divisor: 4,
};
/** F(4 x 4, 3 x 3), its products short of the factors 1/4, 1/6, 1/6, 1/24, 1/24, 1, here times 24, in each dimension. */
const FOUR: Transform = {
  input: [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  output: [
    [6, 4, 4, 1, 1, 0],
    [0, 4, -4, 2, -2, 0],
    [0, 4, 4, 4, 4, 0],
    [0, 4, -4, 8, -8, 24],
  ],
  divisor: 576,
};

/** left * matrix * left transposed modulo 2^32; `at` gives the elements of the square matrix. */
function sandwich(left: Transform['input'], y: number, x: number, at: (row: number, column: number) => number): number {
  let sum = 0;
  left[y]!.forEach((a, row) =>
    left[x]!.forEach((b, column) => {
      if (a * b !== 0) sum = (sum + Math.imul(a * b, at(row, column))) | 0;
    }),
  );
  return sum;
}

/** The quotient modulo 2^32 of a product by odd * 2^shift: times the inverse of the odd part, then shifted as a signed number. */
function divide(product: number, divisor: number): number {
  const shift = 31 - Math.clz32(divisor & -divisor);
  let inverse = 1;
  for (let digits = 1; digits < 32; digits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(divisor >> shift, inverse));
  return Math.imul(product, inverse) >> shift;
}

/**
 * Transform of patches of pairs of int16 (4 x 4, 2 apart; or 6 x 6, 4 apart), tile after tile, `tileColumns` in a row of
 * tiles, to 16 or 36 planes of panels, `dstPlane` bytes apart, each [panel][pair][8 tiles][2]. Source rows are split in
 * phases of columns (2 or 4), `phaseBytes` apart. Four tiles stand in at most two rows. `count` is a multiple of 4, or
 * the bytes behind the last tile are readable; their contents are arbitrary.
 */
function transformInput(
  heap: Heap,
  { input }: Transform,
  src: number,
  planeBytes: number,
  rowBytes: number,
  phaseBytes: number,
  dst: number,
  dstPlane: number,
  pairs: number,
  count: number,
  tileColumns: number,
): void {
  const { i16 } = heap.all;
  const patch = input.length;
  const apart = patch - 2;
  for (let t = 0; t < Math.ceil(count / 4) * 4; t++) {
    for (let k = 0; k < pairs * 2; k++) {
      const base =
        src +
        (k >> 1) * planeBytes +
        Math.floor(t / tileColumns) * apart * rowBytes +
        (t % tileColumns) * 4 +
        (k & 1) * 2;
      const code = (r: number, c: number): number =>
        i16[(base + r * rowBytes + (c % apart) * phaseBytes + Math.floor(c / apart) * 4) / 2]!;
      for (let plane = 0; plane < patch * patch; plane++) {
        const to = dst + plane * dstPlane + (t >> 3) * pairs * 32 + (k >> 1) * 32 + (t & 7) * 4 + (k & 1) * 2;
        i16[to / 2] = sandwich(input, Math.floor(plane / patch), plane % patch, code);
      }
    }
  }
}

/**
 * Outputs from the planes of products [channel][tile], `srcPlane` bytes apart: height x width pixels per channel, the
 * transform divided by its divisor, all modulo 2^32. Strides of channels in elements.
 */
function transformOutput(
  heap: Heap,
  { input, output, divisor }: Transform,
  src: number,
  srcPlane: number,
  srcStride: number,
  dst: number,
  dstStride: number,
  channels: number,
  tileColumns: number,
  height: number,
  width: number,
): void {
  const { i32 } = heap.all;
  const size = output.length;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      const tile = Math.floor(y / size) * tileColumns + Math.floor(x / size);
      const product = (r: number, c: number): number =>
        i32[(src + (r * input.length + c) * srcPlane) / 4 + channel * srcStride + tile]!;
      i32[dst / 4 + channel * dstStride + pixel] = divide(sandwich(output, y % size, x % size, product), divisor);
    }
  }
}

/** One dimension of the float32 transforms, in the order of their operations; each is rounded. */
const spreadFloat = (d: readonly number[]): number[] =>
  [d[0]! - d[2]!, d[1]! + d[2]!, d[2]! - d[1]!, d[1]! - d[3]!].map(Math.fround);
const gatherFloat = (m: readonly number[]): number[] =>
  [Math.fround(m[0]! + m[1]!) + m[2]!, Math.fround(m[1]! - m[2]!) - m[3]!].map(Math.fround);
const column = (rows: readonly number[][], at: number): number[] => rows.map((values) => values[at]!);

/** As `winograd_input_i16` on float32, [panel][plane][8 tiles]: across each row of the 4 x 4 patch, then down. */
function inputFloat(
  heap: Heap,
  src: number,
  planeBytes: number,
  rowBytes: number,
  phaseBytes: number,
  dst: number,
  dstPlane: number,
  planes: number,
  count: number,
  tileColumns: number,
): void {
  const { f32 } = heap.all;
  for (let t = 0; t < Math.ceil(count / 4) * 4; t++) {
    for (let k = 0; k < planes; k++) {
      const base = src + k * planeBytes + Math.floor(t / tileColumns) * 2 * rowBytes + (t % tileColumns) * 4;
      const value = (r: number, c: number): number =>
        f32[(base + r * rowBytes + (c & 1) * phaseBytes + (c >> 1) * 4) / 4]!;
      const across = [0, 1, 2, 3].map((r) => spreadFloat([0, 1, 2, 3].map((c) => value(r, c))));
      const both = [0, 1, 2, 3].map((c) => spreadFloat(column(across, c)));
      for (let plane = 0; plane < 16; plane++)
        f32[(dst + plane * dstPlane + (t >> 3) * planes * 32 + k * 32 + (t & 7) * 4) / 4] =
          both[plane & 3]![plane >> 2]!;
    }
  }
}

/** As `winograd_output_i32` on float32: down, then across, then `finish` with bias and activation. */
function outputFloat(
  heap: Heap,
  src: number,
  srcPlane: number,
  srcStride: number,
  dst: number,
  dstStride: number,
  channels: number,
  tileColumns: number,
  height: number,
  width: number,
  bias: number,
  slopes: number,
  low: number,
  high: number,
): void {
  const { f32 } = heap.all;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      const at = src / 4 + channel * srcStride + (y >> 1) * tileColumns + (x >> 1);
      const down = [0, 1, 2, 3].map(
        (c) => gatherFloat([0, 1, 2, 3].map((r) => f32[at + ((r * 4 + c) * srcPlane) / 4]!))[y & 1]!,
      );
      f32[dst / 4 + channel * dstStride + pixel] = finish(
        heap,
        gatherFloat(down)[x & 1]!,
        channel,
        bias,
        slopes,
        low,
        high,
      );
    }
  }
}

type Five = [number, number, number, number, number, number, number, number, number];
/** The kernels of 36 planes have a `work` area of 576 bytes after their sources. */
const input2 = (
  heap: Heap,
  src: number,
  planeBytes: number,
  rowBytes: number,
  phaseBytes: number,
  ...more: [number, number, number, number, number]
): void => transformInput(heap, TWO, src, planeBytes, rowBytes, phaseBytes, ...more);
const input4 = (
  heap: Heap,
  src: number,
  planeBytes: number,
  rowBytes: number,
  phaseBytes: number,
  _work: number,
  ...more: [number, number, number, number, number]
): void => transformInput(heap, FOUR, src, planeBytes, rowBytes, phaseBytes, ...more);
const output2 = (heap: Heap, ...all: Five): void => transformOutput(heap, TWO, ...all);
const output4 = (
  heap: Heap,
  src: number,
  srcPlane: number,
  srcStride: number,
  _work: number,
  ...more: [number, number, number, number, number, number]
): void => transformOutput(heap, FOUR, src, srcPlane, srcStride, ...more);

const panels = (given: Arguments): number => Math.ceil(given['count']! / 8) * given['planes']! * 32;
const work = (bytes: number): Parameter => ({ ...output('work', 'i32', bytes / 4), scratch: true });

/** Signature of an input transform with tiles `apart`, which has one more phase column than tiles. */
function inputParameters(apart: number, more: Parameter[], element: 'i16' | 'f32' = 'i16'): Parameter[] {
  const halves = element === 'i16' ? 2 : 1;
  const line = (given: Arguments): number => 4 * (given['tileColumns']! + 1) * apart;
  const rows = (given: Arguments): number => (Math.ceil(given['count']! / given['tileColumns']!) + 2) * apart + 4;
  return [
    input('src', element, (given) => (given['planes']! * given['planeBytes']! * halves) / 4),
    derived('planeBytes', (given) => [rows(given) * line(given)]),
    derived('rowBytes', (given) => [line(given)]),
    derived('phaseBytes', (given) => [line(given) / apart]),
    ...more,
    output('dst', element, (given) => ((apart + 2) ** 2 * given['dstPlane']! * halves) / 4),
    derived('dstPlane', (given) => [panels(given), panels(given) + 64]),
    oneOf('planes', 1, 3),
    oneOf('count', 4, 8, 12, 16, 28),
    oneOf('tileColumns', 2, 3, 4, 5, 7, 14),
  ];
}

/** Signature of an output transform of tiles of `size`. */
function outputParameters(size: number, more: Parameter[], element: 'i32' | 'f32' = 'i32'): Parameter[] {
  const tiles = (given: Arguments): number => Math.ceil(given['height']! / size) * given['tileColumns']!;
  const pixels = (given: Arguments): number => size * given['height']! * given['tileColumns']!;
  return [
    input('src', element, (given) => ((size + 2) ** 2 * given['srcPlane']!) / 4),
    derived('srcPlane', (given) => [4 * given['channels']! * tiles(given)]),
    derived('srcStride', (given) => [tiles(given)]),
    ...more,
    output('dst', element, (given) => given['channels']! * given['dstStride']!),
    derived('dstStride', (given) => [pixels(given), pixels(given) + 3]),
    oneOf('channels', 1, 3),
    oneOf('tileColumns', 1, 2, 3, 4, 5, 7, 14),
    oneOf('height', 1, 2, 5, 8),
    derived('width', (given) => Array.from({ length: size }, (_, short) => size * given['tileColumns']! - short)),
  ];
}

export const winogradRows = {
  winograd_input_i16: row(inputParameters(2, []), input2),
  winograd_output_i32: row(outputParameters(2, []), output2),
  winograd_input_f32: row(inputParameters(2, [], 'f32'), inputFloat),
  winograd_output_f32: row(
    [
      ...outputParameters(2, [], 'f32'),
      input('bias', 'f32', (given) => given['channels']!),
      input('slopes', 'f32', (given) => given['channels']!, { optional: true }),
      oneOf('low', -Infinity, 0),
      oneOf('high', Infinity, 6),
    ],
    outputFloat,
  ),
  winograd4_input_i16: row(inputParameters(4, [work(576)]), input4),
  winograd4_output_i32: row(outputParameters(4, [work(576)]), output4),
};
