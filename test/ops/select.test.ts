import { test } from 'uvu';
import { select } from '../../src/ops/select.js';
import { runCases } from './run-cases.js';
import { counting, row } from './values.js';

runCases(
  select,
  [
    {
      name: 'element by element',
      attrs: { rows: false },
      inputs: [row(1, 0, 2), row(1, 2, 3), row(10, 20, 30)],
      expected: [[1, 20, 3]],
      tolerance: 0,
    },
    {
      name: 'a vector chooses rows',
      attrs: { rows: true },
      inputs: [{ shape: [2], data: Float32Array.of(1, 0) }, counting([2, 2]), counting([2, 2], 10)],
      expected: [[0, 1, 12, 13]],
      tolerance: 0,
    },
    {
      name: 'a vector is broadcast',
      attrs: { rows: false },
      inputs: [{ shape: [2], data: Float32Array.of(1, 0) }, counting([2, 2]), counting([2, 2], 10)],
      expected: [[0, 11, 2, 13]],
      tolerance: 0,
    },
  ],
  [{ name: 'one branch', attrs: { rows: false }, inputs: [[1], [1]], message: /expected 3 inputs, got 2/ }],
);

test.run();
