import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { accumulateInnerProduct, lowerInnerProductF32 } from '../../src/kernels/inner-product.js';
import { matrixRows } from '../../src/kernels/matrix-rows.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

/** 16 MiB and some as float32, with a last piece that is not full. */
const [INPUTS, OUTPUTS] = [4099, 1027];

test('a small matrix stays on the heap and comes in one piece', async () => {
  const { heap } = await createEngine();
  const rows = matrixRows(Int16Array.of(1, -2, 3, -4), 2, 'i8');
  const at = { constants: heap.alloc(rows.constants), scratch: 0 };
  rows.prepare(heap, at.constants);
  const seen: unknown[] = [];
  rows.forEachPiece(heap, at, (piece, row, count) => seen.push([row, count, ...heap.i8(piece, 4)]));
  assert.equal(seen, [[0, 2, 1, -2, 3, -4]]);
});

test('a large matrix takes no constants, and its pieces are all of its rows', async () => {
  const { heap } = await createEngine();
  const weights = floats(INPUTS * OUTPUTS, 1);
  const rows = matrixRows(weights, OUTPUTS, 'f32');
  assert.is(rows.constants, 0);
  const scratch = heap.alloc(rows.scratch);
  let next = 0;
  rows.forEachPiece(heap, { constants: 0, scratch }, (piece, row, count) => {
    assert.is(row, next);
    next += count;
    assert.ok(count * INPUTS * 4 <= rows.scratch);
    const expected = weights.subarray(row * INPUTS, next * INPUTS);
    assert.ok(heap.f32(piece, expected.length).every((value, i) => value === expected[i]));
  });
  assert.is(next, OUTPUTS);
});

for (const simd of ['wasm', 'twin'] as const)
  test(`an inner product of a large matrix on ${simd} is that of its rows alone, with bias and slopes of their own`, async () => {
    const engine = await createEngine({ simd });
    const [weights, bias, x] = [floats(INPUTS * OUTPUTS, 1), floats(OUTPUTS, 2), floats(INPUTS, 3)];
    const slopes = Array.from(floats(OUTPUTS, 4));
    const lowering = lowerInnerProductF32({ inputs: INPUTS, outputs: OUTPUTS }, weights, bias, { slopes, ceiling: 1 });
    const [all] = runLowering(engine, lowering, [x], [[Float32Array, OUTPUTS]]);
    for (const row of [0, 31, 32, OUTPUTS - 1]) {
      const own = weights.slice(row * INPUTS, (row + 1) * INPUTS);
      const activation = { slopes: [slopes[row] ?? 0], ceiling: 1 };
      const alone = lowerInnerProductF32({ inputs: INPUTS, outputs: 1 }, own, bias.slice(row, row + 1), activation);
      assert.equal(runLowering(engine, alone, [x], [[Float32Array, 1]])[0], all?.slice(row, row + 1));
    }
  });

test('sums of a large matrix of codes are exact', async () => {
  const engine = await createEngine();
  const [inputs, outputs] = [4099, 2050];
  const [weights, x] = [integers(inputs * outputs, 4, 32767), integers(inputs, 5, 32767)];
  const { lowering } = accumulateInnerProduct({ inputs, outputs }, weights, { input: 16, params: 16 });
  assert.is(lowering.constants, 0);
  const [sums] = runLowering(engine, lowering, [x], [[Float64Array, outputs]]);
  const expected = Float64Array.from({ length: outputs }, (_, row) =>
    x.reduce((sum, code, k) => sum + code * weights[row * inputs + k]!, 0),
  );
  assert.equal(sums, expected);
});

test.run();
