import { test } from 'uvu';
import { oneHot } from '../../src/ops/one-hot.js';
import { runCases } from './run-cases.js';

const attrs = { depth: 3, on: 2, off: -1, axis: 2 };
const indices = { shape: [1, 2], data: Float32Array.of(2, 3) };
runCases(oneHot, [
  {
    name: 'a vector for each index, all off outside',
    attrs,
    inputs: [indices],
    shapes: [[1, 2, 3]],
    expected: [[-1, -1, 2, -1, -1, -1]],
    tolerance: 0,
  },
  {
    name: 'along an axis in the middle',
    attrs: { ...attrs, axis: 1 },
    inputs: [indices],
    shapes: [[1, 3, 2]],
    expected: [[-1, -1, -1, -1, 2, -1]],
    tolerance: 0,
  },
]);

test.run();
