import { test } from 'uvu';
import { segment } from '../../src/ops/segment.js';
import { runCases } from './run-cases.js';
import { counting, tensor } from './values.js';

const attrs = { operation: 'sum', segments: [0, 0, 2], rows: null, count: 3, empty: 0 } as const;

runCases(
  segment,
  [
    {
      name: 'sums of rows, 0 for a segment without any',
      attrs,
      inputs: [counting([3, 2], 1)],
      shapes: [[3, 2]],
      expected: [[4, 6, 0, 0, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'means of chosen rows, as an embedding bag has them',
      attrs: { ...attrs, operation: 'mean', segments: [0, 0, 1], rows: [2, 0, 2], count: 2 },
      inputs: [counting([3, 2], 1)],
      expected: [[3, 4, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'sums by the root of the number of rows',
      attrs: { ...attrs, operation: 'sum-by-root', segments: [0, 0, 0, 0], count: 1 },
      inputs: [tensor([4], 1, 2, 3, 4)],
      expected: [[5]],
      tolerance: 0,
    },
    {
      name: 'the largest in any order of segments, a negative segment left out',
      attrs: { ...attrs, operation: 'max', segments: [1, -1, 1], count: 2, empty: -7 },
      inputs: [tensor([3], 1, 9, 3)],
      expected: [[-7, 3]],
      tolerance: 0,
    },
    {
      name: 'the smallest',
      attrs: { ...attrs, operation: 'min' },
      inputs: [tensor([3], 4, -2, 3)],
      expected: [[-2, 0, 3]],
      tolerance: 0,
    },
    {
      name: 'products, 1 for a segment without rows',
      attrs: { ...attrs, operation: 'product', empty: 1 },
      inputs: [tensor([3], 2, 3, 5)],
      expected: [[6, 1, 5]],
      tolerance: 0,
    },
  ],
  [
    { name: 'a segment too few', attrs, inputs: [[4, 2]], message: /a segment for each of 4 rows, got 3/ },
    { name: 'a segment beyond the last', attrs: { ...attrs, count: 2 }, inputs: [[3]], message: /below 2, got 2/ },
    { name: 'a row that is not there', attrs: { ...attrs, rows: [0, 1, 3] }, inputs: [[3]], message: /0 to 2, got 3/ },
  ],
);

test.run();
