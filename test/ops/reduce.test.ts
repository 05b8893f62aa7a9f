import { test } from 'uvu';
import { reduce } from '../../src/ops/reduce.js';
import { runCases } from './run-cases.js';
import { counting, row, tensor } from './values.js';

runCases(reduce, [
  {
    name: 'mean of rows',
    attrs: { operation: 'mean', axes: [1] },
    inputs: [counting([2, 3])],
    shapes: [[2, 1]],
    expected: [[1, 4]],
    tolerance: 0,
  },
  {
    name: 'sum over two axes, rounded once',
    attrs: { operation: 'sum', axes: [0, 1] },
    inputs: [row(2 ** 24, 1, 1)],
    shapes: [[1, 1]],
    expected: [[2 ** 24 + 2]],
    tolerance: 0,
  },
  {
    name: 'mean of integers, truncated towards zero',
    attrs: { operation: 'whole-mean', axes: [1] },
    inputs: [tensor([2, 2], 2, 5, -2, -5)],
    shapes: [[2, 1]],
    expected: [[3, -3]],
    tolerance: 0,
  },
  {
    name: 'maximum of columns',
    attrs: { operation: 'max', axes: [0] },
    inputs: [counting([2, 3])],
    shapes: [[1, 3]],
    expected: [[3, 4, 5]],
    tolerance: 0,
  },
  {
    name: 'product over nothing',
    attrs: { operation: 'product', axes: [] },
    inputs: [row(2, 3)],
    shapes: [[1, 2]],
    expected: [[2, 3]],
    tolerance: 0,
  },
]);

test.run();
