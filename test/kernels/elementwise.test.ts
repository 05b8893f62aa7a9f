import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  lowerActivationF32,
  lowerFoldF32,
  lowerJoinCodes,
  lowerMaxCodes,
  lowerSumCodes,
} from '../../src/kernels/elementwise.js';
import { createEngine } from '../../src/kernels/engine.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

const f = Math.fround;

for (const simd of ['wasm', 'twin'] as const) {
  test(`an activation on ${simd} goes by channel in both layouts`, async () => {
    const engine = await createEngine({ simd });
    const x = floats(35, 1, 9);
    const slopes = floats(5, 2).map(Math.abs);
    slopes[1] = 0;
    for (const slopesOf of ['rows', 'columns'] as const) {
      const [rows, columns] = slopesOf === 'rows' ? [5, 7] : [7, 5];
      const slope = (index: number): number => slopes[slopesOf === 'rows' ? Math.floor(index / 7) : index % 5]!;
      const lowering = lowerActivationF32({ rows, columns, slopesOf }, slopes, 6);
      assert.equal(
        runLowering(engine, lowering, [x], [[Float32Array, 35]])[0],
        x.map((value, index) => Math.min(6, value < 0 ? value * slope(index) + 0 : value)),
      );
      const rectified = lowerActivationF32({ rows, columns, slopesOf }, null, 6);
      assert.equal(
        runLowering(engine, rectified, [x], [[Float32Array, 35]])[0],
        x.map((value) => Math.min(6, Math.max(0, value))),
      );
    }
  });

  test(`joining several inputs on ${simd} goes from the first to the last`, async () => {
    const engine = await createEngine({ simd });
    const values = [5, 6, 7].map((seed) => floats(21, seed));
    for (const [operation, fold] of [
      ['sum', (a: number, b: number) => f(a + b)],
      ['product', (a: number, b: number) => f(a * b)],
      ['max', Math.max],
    ] as const) {
      const got = runLowering(engine, lowerFoldF32(21, operation), values, [[Float32Array, 21]])[0];
      assert.equal(
        got,
        values[0]!.map((value, index) => fold(fold(value, values[1]![index]!), values[2]![index]!)),
        operation,
      );
    }
    for (const bits of [8, 16]) {
      const ctor = bits === 8 ? Int8Array : Int16Array;
      const codes = [1, 2, 3].map((seed) => ctor.from(integers(21, seed, 2 ** (bits - 1) - 1)));
      const [a, b, c] = codes.map((one) => Array.from(one)) as [number[], number[], number[]];
      assert.equal(
        Array.from(runLowering(engine, lowerMaxCodes(21, bits), codes, [[ctor, 21]])[0]),
        a.map((code, i) => Math.max(code, b[i]!, c[i]!)),
      );
      assert.equal(
        Array.from(runLowering(engine, lowerJoinCodes(21, [1, -1, 1], bits), codes, [[Int32Array, 21]])[0]),
        a.map((code, i) => code - b[i]! + c[i]!),
      );
      const factors = [0.25, -0.1, f(0.7)];
      const rectified = { slopes: [0], ceiling: 6 };
      const three = runLowering(engine, lowerSumCodes(21, factors, bits, rectified), codes, [[Float32Array, 21]])[0];
      assert.equal(
        three,
        Float32Array.from(a, (code, i) => Math.min(6, Math.max(0, f(code * 0.25 + b[i]! * -0.1 + c[i]! * f(0.7))))),
      );
      const two = runLowering(engine, lowerSumCodes(21, factors.slice(0, 2), bits), codes, [[Float32Array, 21]])[0];
      assert.equal(
        two,
        Float32Array.from(a, (code, i) => f(code * 0.25 + b[i]! * -0.1)),
      );
    }
  });
}

test.run();
