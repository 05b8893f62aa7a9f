import { fail } from '../error.js';
import type { Heap } from './heap.js';
import type { Kernels } from './table.js';

/** The smallest float32 above zero, and half of the smallest that is normal. */
const DENORMALS = [2 ** -149, 2 ** -127];

/**
 * Throws `unsupported` on a machine that stores the most significant byte of a number first: kernels and files share
 * memory in the other order. `bytes`: those of the 16-bit number 1.
 */
export function expectLittleEndian(bytes: Uint8Array = new Uint8Array(new Uint16Array([1]).buffer)): void {
  if (bytes[0] !== 1)
    fail(
      'unsupported',
      'byte order',
      'expected a little-endian machine, got a big-endian one.',
      'Run it on x86-64 or arm64; the scaling file serves everywhere.',
    );
}

/** Whether sums and products of the kernels keep denormal float32 values. Vector units of 32-bit ARM replace them by zero. */
export function keepsDenormals(heap: Heap, kernels: Pick<Kernels, 'add_f32' | 'multiply_f32'>): boolean {
  const [left, right] = [heap.alloc(16), heap.alloc(16)];
  const kept = DENORMALS.every((value) => {
    heap.f32(left, 4).fill(value);
    heap.f32(right, 4).fill(0);
    kernels.add_f32(left, right, left, 4);
    heap.f32(right, 4).fill(1);
    kernels.multiply_f32(left, right, left, 4);
    return heap.f32(left, 4).every((result) => result === value);
  });
  heap.free(left);
  heap.free(right);
  return kept;
}
