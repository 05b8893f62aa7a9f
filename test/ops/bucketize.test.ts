import { test } from 'uvu';
import { bucketize } from '../../src/ops/bucketize.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

runCases(bucketize, [
  {
    name: 'a boundary belongs to the bucket above it',
    attrs: { boundaries: [0, 10, 100] },
    inputs: [tensor([1, 6], -5, 0, 9.5, 10, 150, 100)],
    expected: [[0, 1, 1, 2, 3, 3]],
    tolerance: 0,
  },
  {
    name: 'no boundary',
    attrs: { boundaries: [] },
    inputs: [tensor([2], 3, 4)],
    expected: [[0, 0]],
    tolerance: 0,
  },
]);

test.run();
