import type { Codes } from './codes.js';
import type { Heap } from './heap.js';

/** Largest piece of weights on the heap at a time: the heap never shrinks, and the largest matrices fill it. */
const STAGE_BYTES = 512 * 1024;

/**
 * Copies rows of weights into the heap, whole blocks of 4 at a time, and hands each piece to `use`: its address, its first row
 * and how many it has. Codes arrive as int16, floats as float32.
 */
export function stageRows(
  heap: Heap,
  weights: Codes | Float32Array,
  rows: number,
  depth: number,
  use: (at: number, row: number, count: number) => void,
): void {
  const isFloat = weights instanceof Float32Array;
  const most = Math.min(Math.ceil(rows / 4) * 4, Math.max(4, Math.floor(STAGE_BYTES / (depth * 4) / 4) * 4));
  const at = heap.alloc(most * depth * (isFloat ? 4 : 2));
  for (let row = 0; row < rows; row += most) {
    const count = Math.min(most, rows - row);
    (isFloat ? heap.f32(at, count * depth) : heap.i16(at, count * depth)).set(
      weights.subarray(row * depth, (row + count) * depth),
    );
    use(at, row, count);
  }
  heap.free(at);
}
