import { test } from 'uvu';
import { topK } from '../../src/ops/top-k.js';
import { runCases } from './run-cases.js';

runCases(
  topK,
  [
    {
      name: 'the largest first, of equal ones the first',
      attrs: { count: 3 },
      inputs: [{ shape: [1, 2, 4], data: Float32Array.of(1, 4, 4, 2, -1, -3, -2, -4) }],
      shapes: [
        [1, 2, 3],
        [1, 2, 3],
      ],
      expected: [
        [4, 4, 2, -1, -2, -3],
        [1, 2, 3, 0, 2, 1],
      ],
      tolerance: 0,
    },
  ],
  [{ name: 'more than there are', attrs: { count: 5 }, inputs: [[1, 4]], message: /expected k from 1 to 4, got 5/ }],
);

test.run();
