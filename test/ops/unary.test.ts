import { test } from 'uvu';
import { unary } from '../../src/ops/unary.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(unary, [
  { name: 'negative', attrs: { operation: 'neg' }, inputs: [row(1, -2)], expected: [[-1, 2]], tolerance: 0 },
  {
    name: 'square root',
    attrs: { operation: 'sqrt' },
    inputs: [row(2, 9)],
    expected: [[Math.fround(Math.sqrt(2)), 3]],
    tolerance: 0,
  },
  {
    name: 'inverse square root, rounded once',
    attrs: { operation: 'rsqrt' },
    inputs: [row(3)],
    expected: [[Math.fround(1 / Math.sqrt(3))]],
    tolerance: 0,
  },
  {
    name: 'halves to even',
    attrs: { operation: 'round' },
    inputs: [row(0.5, 1.5, -0.5, -1.5, 2.4)],
    expected: [[0, 2, 0, -2, 2]],
    tolerance: 1e-9,
  },
  {
    name: 'to an integer',
    attrs: { operation: 'truncate' },
    inputs: [row(1.9, -1.9)],
    expected: [[1, -1]],
    tolerance: 0,
  },
]);

test.run();
