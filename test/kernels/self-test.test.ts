import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { expectLittleEndian, keepsDenormals } from '../../src/kernels/self-test.js';

test('kernels and twins keep denormal numbers; kernels that flush them are found out', async () => {
  for (const simd of ['wasm', 'twin'] as const) {
    const { heap, kernels } = await createEngine({ simd });
    assert.is(keepsDenormals(heap, kernels), true, simd);
    const flushing =
      (name: 'add_f32' | 'multiply_f32') =>
      (a: number, b: number, dst: number, count: number): void => {
        kernels[name](a, b, dst, count);
        const values = heap.f32(dst, count);
        values.forEach((value, i) => {
          if (Math.abs(value) < 2 ** -126) values[i] = 0;
        });
      };
    assert.is(keepsDenormals(heap, { ...kernels, add_f32: flushing('add_f32') }), false);
    assert.is(keepsDenormals(heap, { ...kernels, multiply_f32: flushing('multiply_f32') }), false);
  }
});

test('a big-endian machine gets one clear line', () => {
  expectLittleEndian();
  assert.throws(
    () => expectLittleEndian(Uint8Array.of(0, 1)),
    (error: Error) =>
      /^byte order: expected a little-endian machine, got a big-endian one\. Run it on /.test(error.message),
  );
});

test.run();
