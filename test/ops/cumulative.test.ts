import { test } from 'uvu';
import { cumulative } from '../../src/ops/cumulative.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

const forward = { operation: 'sum', axis: 1, exclusive: false, reverse: false } as const;
runCases(cumulative, [
  { name: 'sums', attrs: forward, inputs: [count(1, 3, 2)], expected: [[0, 1, 2, 4, 6, 9]], tolerance: 0 },
  {
    name: 'exclusive sums from the end',
    attrs: { ...forward, exclusive: true, reverse: true },
    inputs: [count(1, 3, 2)],
    expected: [[6, 8, 4, 5, 0, 0]],
    tolerance: 0,
  },
  {
    name: 'products',
    attrs: { ...forward, operation: 'product' },
    inputs: [{ shape: [1, 4], data: Float32Array.of(2, 3, 0.5, -1) }],
    expected: [[2, 6, 3, -3]],
    tolerance: 0,
  },
]);

test.run();
