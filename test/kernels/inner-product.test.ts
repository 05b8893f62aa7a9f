import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { accumulateInnerProduct, lowerInnerProductF32 } from '../../src/kernels/inner-product.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

const sizes = [
  [1, 1],
  [3, 7],
  [4, 8],
  [16, 33],
  [1030, 9],
  [257, 24],
] as const;

for (const simd of ['wasm', 'twin'] as const) {
  test(`inner product in float32 on ${simd} is the sum in ascending k, to the bit`, async () => {
    const engine = await createEngine({ simd });
    for (const [inputs, outputs] of sizes) {
      const [weights, bias, x] = [floats(inputs * outputs, 1), floats(outputs, 2), floats(inputs, 3)];
      const got = runLowering(
        engine,
        lowerInnerProductF32({ inputs, outputs }, weights, bias, { slopes: [0], ceiling: 6 }),
        [x],
        [[Float32Array, outputs]],
      )[0];
      const want = Float32Array.from(bias, (start, o) => {
        let sum = 0;
        for (let k = 0; k < inputs; k++) sum = Math.fround(sum + Math.fround(weights[o * inputs + k]! * x[k]!));
        return Math.min(6, Math.max(0, Math.fround(sum + start)));
      });
      assert.equal(got, want, `${inputs} x ${outputs}`);
    }
  });

  test(`inner product on codes on ${simd} is exact`, async () => {
    const engine = await createEngine({ simd });
    for (const [inputs, outputs] of sizes) {
      for (const [input, params, type] of [
        [8, 8, 'i32'],
        [16, 16, 'f64'],
        [8, 16, 'f64'],
      ] as const) {
        const weights = integers(inputs * outputs, 4, 2 ** (params - 1) - 1);
        const codes = integers(inputs, 5, 2 ** (input - 1) - 1);
        const accumulation = accumulateInnerProduct({ inputs, outputs }, weights, { input, params });
        assert.is(accumulation.type, type);
        const x = input === 8 ? Int8Array.from(codes) : codes;
        const got = runLowering(
          engine,
          accumulation.lowering,
          [x],
          [[type === 'i32' ? Int32Array : Float64Array, outputs]],
        )[0];
        const want = Array.from({ length: outputs }, (_, o) =>
          codes.reduce((sum, code, k) => sum + code * weights[o * inputs + k]!, 0),
        );
        assert.equal(Array.from(got), want, `${inputs} x ${outputs}, ${input} x ${params} bits`);
      }
    }
  });
}

test.run();
