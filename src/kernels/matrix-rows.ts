import type { Codes } from './codes.js';
import type { Heap } from './heap.js';
import { type Addresses, aligned, LARGE_BYTES } from './lowering.js';

/** The rows of a large matrix come in pieces that stay in a core's cache. */
const PIECE_BYTES = 2 ** 19;

const BYTES = { f32: 4, i8: 1, i16: 2 } as const;

/** The rows of a matrix as kernels read them: on the heap, or copied there piece by piece in every run where they are many. */
export interface MatrixRows {
  /** Bytes of constants, and of scratch. */
  readonly constants: number;
  readonly scratch: number;
  /** Copies what stays on the heap to the address of the constants. */
  prepare(heap: Heap, at: number): void;
  /** Calls `use` with the address of neighbouring rows, the first one's index and their number, until all are seen. */
  forEachPiece(
    heap: Heap,
    at: Pick<Addresses, 'constants' | 'scratch'>,
    use: (address: number, row: number, count: number) => void,
  ): void;
}

/** The rows of `weights`, [rows][depth], as elements of a type that holds them. */
export function matrixRows(weights: Codes | Float32Array, rows: number, element: keyof typeof BYTES): MatrixRows {
  const depth = weights.length / rows;
  const bytes = weights.length * BYTES[element];
  if (bytes < LARGE_BYTES)
    return {
      constants: aligned(bytes),
      scratch: 0,
      prepare: (heap, at) => heap[element](at, weights.length).set(weights),
      forEachPiece: (_, { constants }, use) => use(constants, 0, rows),
    };
  const most = Math.max(4, Math.floor(PIECE_BYTES / (depth * BYTES[element]) / 4) * 4);
  return {
    constants: 0,
    scratch: aligned(most * depth * BYTES[element]),
    prepare: () => undefined,
    forEachPiece(heap, { scratch }, use) {
      for (let row = 0; row < rows; row += most) {
        const count = Math.min(most, rows - row);
        heap[element](scratch, count * depth).set(weights.subarray(row * depth, (row + count) * depth));
        use(scratch, row, count);
      }
    },
  };
}
