import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reordered } from '../../../src/ops/support/reorder.js';
import { strides } from '../../../src/tensor.js';
import { floats } from '../../kernels/random.js';

/** Element by element. */
function plainly(data: Float32Array, shape: readonly number[], order: readonly number[]): number[] {
  const sizes = order.map((axis) => shape[axis]!);
  const [from, to] = [strides(shape), strides(sizes)];
  return Array.from(
    data,
    (_, index) => data[order.reduce((at, axis, i) => at + (Math.floor(index / to[i]!) % sizes[i]!) * from[axis]!, 0)]!,
  );
}

const cases: readonly (readonly [shape: readonly number[], order: readonly number[]])[] = [
  [[7], [0]],
  [
    [1, 1],
    [1, 0],
  ],
  [
    [31, 33],
    [1, 0],
  ],
  [
    [64, 32],
    [1, 0],
  ],
  [
    [65, 1],
    [1, 0],
  ],
  [
    [40, 70],
    [0, 1],
  ],
  [
    [3, 3, 5, 34],
    [3, 2, 0, 1],
  ],
  [
    [3, 2, 33, 4],
    [2, 3, 0, 1],
  ],
  [
    [4, 5, 6, 7],
    [0, 3, 1, 2],
  ],
  [
    [2, 35, 3],
    [0, 2, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 0, 2, 1],
  ],
  [
    [0, 3],
    [1, 0],
  ],
];

for (const [shape, order] of cases) {
  test(`${shape.join('x')} by ${order.join()}`, () => {
    const data = floats(
      shape.reduce((a, b) => a * b, 1),
      1,
    );
    const result = reordered({ shape, data }, order);
    assert.equal(
      result.shape,
      order.map((axis) => shape[axis]!),
    );
    assert.equal([...result.data], plainly(data, shape, order));
  });
}

test.run();
