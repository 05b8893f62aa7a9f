import { test } from 'uvu';
import { scatter } from '../../src/ops/scatter.js';
import { runCases } from './run-cases.js';
import { counting, tensor } from './values.js';

runCases(
  scatter,
  [
    {
      name: 'added to zeros, twice at one place, none outside',
      attrs: { operation: 'add', shape: [4] },
      inputs: [tensor([4, 1], 3, 1, 3, 9), tensor([4], 1, 2, 4, 8)],
      shapes: [[4]],
      expected: [[0, 2, 0, 5]],
      tolerance: 0,
    },
    {
      name: 'slices that take the place of others',
      attrs: { operation: 'update', shape: null },
      inputs: [tensor([1, 1], 1), tensor([1, 2], -1, -2), counting([3, 2])],
      shapes: [[3, 2]],
      expected: [[0, 1, -1, -2, 4, 5]],
      tolerance: 0,
    },
    {
      name: 'elements at positions along two axes',
      attrs: { operation: 'subtract', shape: null },
      inputs: [tensor([2, 2], 0, 1, 2, 0), tensor([2], 10, 20), counting([3, 2])],
      expected: [[0, -9, 2, 3, -16, 5]],
      tolerance: 0,
    },
    {
      name: 'the larger one stays',
      attrs: { operation: 'max', shape: null },
      inputs: [tensor([2, 1], 0, 1), tensor([2], 5, -5), tensor([2], 1, 2)],
      expected: [[5, 2]],
      tolerance: 0,
    },
    {
      name: 'the smaller one stays',
      attrs: { operation: 'min', shape: null },
      inputs: [tensor([2, 1], 0, 1), tensor([2], 5, -5), tensor([2], 1, 2)],
      expected: [[1, -5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'updates that do not fit',
      attrs: { operation: 'add', shape: [4] },
      inputs: [[2, 1], [3]],
      message: /expected 2 elements for 2 positions, got 3/,
    },
    {
      name: 'positions along more axes than there are',
      attrs: { operation: 'add', shape: [4] },
      inputs: [[2, 2], [2]],
      message: /positions along 1 to 1 axes, got 2/,
    },
  ],
);

test.run();
