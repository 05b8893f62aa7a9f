import type { Heap } from '../heap.js';
import { type Arguments, derived, input, oneOf, output, type Parameter, row, size } from '../row.js';

/** One dimension of the transforms of 3 x 3 taps: F(2 x 2) times 2 and F(4 x 4) short of its fractions, in whole numbers; F(2 x 2) as it is. */
const TWO = [
  [2, 0, 0],
  [1, 1, 1],
  [1, -1, 1],
  [0, 0, 2],
] as const;
const FOUR = [
  [1, 0, 0],
  [-1, -1, -1],
  [-1, 1, -1],
  [1, 2, 4],
  [1, -2, 4],
  [0, 0, 1],
] as const;
const FLOAT = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
] as const;

/** The whole code, its low signed byte, or the rest in units of 256. */
const PARTS = [
  (code: number) => code,
  (code: number) => (code << 24) >> 24,
  (code: number) => (code - ((code << 24) >> 24)) >> 8,
] as const;

/** A position in blocks of 4 rows: [block][k][row][together] of one plane, where `k` counts groups of `together`. */
const blocked = (rowIndex: number, k: number, depth: number, together: number): number =>
  ((rowIndex >> 2) * Math.ceil(depth / together) + Math.floor(k / together)) * 4 * together +
  (rowIndex & 3) * together +
  (k % together);

/** Rows and channels filled up to whole blocks. */
function forBlocks(
  rows: number,
  channels: number,
  together: number,
  visit: (rowIndex: number, channel: number, inside: boolean) => void,
): void {
  for (let r = 0; r < Math.ceil(rows / 4) * 4; r++) {
    for (let k = 0; k < Math.ceil(channels / together) * together; k++) visit(r, k, r < rows && k < channels);
  }
}

/**
 * Codes [row][channel][tap] as pairs: dst[block of 4 rows][pair of channels][tap][row][2], 0 past the last row or channel. `part` 0: the
 * code; 1 and 2: low and high of code = low + 256 * high, low in -128..127.
 */
function packCodes(
  heap: Heap,
  src: number,
  dst: number,
  rows: number,
  channels: number,
  taps: number,
  part: number,
): void {
  const { i16 } = heap.all;
  forBlocks(rows, channels, 2, (r, k, inside) => {
    for (let tap = 0; tap < taps; tap++) {
      const to = dst / 2 + (((r >> 2) * Math.ceil(channels / 2) + (k >> 1)) * taps + tap) * 8 + (r & 3) * 2 + (k & 1);
      i16[to] = inside ? PARTS[part]!(i16[src / 2 + (r * channels + k) * taps + tap]!) : 0;
    }
  });
}

type Matrix = readonly (readonly [number, number, number])[];

/** matrix * taps * matrix transposed: element (y, x) from row `y` of the vertical transform, each sum from left to right. */
function transformed(matrix: Matrix, y: number, x: number, tap: (r: number, c: number) => number): number {
  const down = [0, 1, 2].map((c) => matrix[y]![0] * tap(0, c) + matrix[y]![1] * tap(1, c) + matrix[y]![2] * tap(2, c));
  return matrix[x]![0] * down[0]! + matrix[x]![1] * down[1]! + matrix[x]![2] * down[2]!;
}

/**
 * 3 x 3 taps [row][channel][9] transformed, to 16 or 36 planes `dstPlane` bytes apart: [block of 4 rows][pair of channels][row][2] of int16
 * (modulo 2^16; the caller bounds the weights), or [block][channel][row] of float32 (in double, rounded once). `work`: 512 bytes.
 */
function transformWeights(element: 'i16' | 'f32', matrix: Matrix) {
  return (
    heap: Heap,
    src: number,
    _work: number,
    dst: number,
    dstPlane: number,
    rows: number,
    channels: number,
  ): void => {
    const { [element]: all } = heap.all;
    const [bytes, together] = element === 'i16' ? [2, 2] : [4, 1];
    forBlocks(rows, channels, together, (r, k, inside) => {
      const tap = (y: number, x: number): number =>
        inside ? all[src / bytes + (r * channels + k) * 9 + y * 3 + x]! : 0;
      for (let plane = 0; plane < matrix.length ** 2; plane++) {
        const value = transformed(matrix, Math.floor(plane / matrix.length), plane % matrix.length, tap);
        all[(dst + plane * dstPlane) / bytes + blocked(r, k, channels, together)] = value;
      }
    });
  };
}

const blockRows = (given: Arguments): number => Math.ceil(given['rows']! / 4) * 4;
const work: Parameter = { ...output('work', 'i32', 128), scratch: true };
/** Finite floats without a negative zero, whose sign a product with 0 would drop. */
const moderate = (given: Arguments, random: (below: number) => number): number[] =>
  Array.from({ length: given['rows']! * given['channels']! * 9 }, () => (random(2 ** 24) + 1) / 2 ** 22 - 2);

function transformParameters(element: 'i16' | 'f32', patch: number): Parameter[] {
  const [bytes, together] = element === 'i16' ? [2, 2] : [4, 1];
  const plane = (given: Arguments): number =>
    blockRows(given) * Math.ceil(given['channels']! / together) * together * bytes;
  return [
    input(
      'src',
      element,
      (given) => given['rows']! * given['channels']! * 9,
      element === 'f32' ? { fill: moderate } : {},
    ),
    work,
    output('dst', element, (given) => ((patch ** 2 - 1) * given['dstPlane']! + plane(given)) / bytes),
    derived('dstPlane', (given) => [plane(given), plane(given) + 64]),
    size('rows', 4),
    size('channels', together),
  ];
}

export const weightRows = {
  pack_codes: row(
    [
      input('src', 'i16', (given) => given['rows']! * given['channels']! * given['taps']!),
      output('dst', 'i16', (given) => blockRows(given) * Math.ceil(given['channels']! / 2) * 2 * given['taps']!),
      size('rows', 4),
      size('channels', 2),
      oneOf('taps', 1, 2, 9, 25),
      oneOf('part', 0, 1, 2),
    ],
    packCodes,
  ),
  winograd_weights_i16: row(transformParameters('i16', 4), transformWeights('i16', TWO)),
  winograd4_weights_i16: row(transformParameters('i16', 6), transformWeights('i16', FOUR)),
  winograd_weights_f32: row(transformParameters('f32', 4), transformWeights('f32', FLOAT)),
};
