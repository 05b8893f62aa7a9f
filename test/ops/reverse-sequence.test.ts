import { test } from 'uvu';
import { reverseSequence } from '../../src/ops/reverse-sequence.js';
import { runCases } from './run-cases.js';
import { counting, tensor } from './values.js';

runCases(
  reverseSequence,
  [
    {
      name: 'the first elements of each sequence, as many as stated',
      attrs: { axis: 1, batchAxis: 0 },
      inputs: [counting([2, 3, 2], 1), tensor([2], 2, 3)],
      shapes: [[2, 3, 2]],
      expected: [[3, 4, 1, 2, 5, 6, 11, 12, 9, 10, 7, 8]],
      tolerance: 0,
    },
    {
      name: 'time before the sequences, a length of 0',
      attrs: { axis: 0, batchAxis: 1 },
      inputs: [counting([3, 2], 1), tensor([2], 0, 3)],
      expected: [[1, 6, 3, 4, 5, 2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a length too many',
      attrs: { axis: 1, batchAxis: 0 },
      inputs: [[2, 3], [3]],
      message: /expected 2 lengths, got 3/,
    },
    {
      name: 'one axis for both',
      attrs: { axis: 0, batchAxis: 0 },
      inputs: [[2, 3], [2]],
      message: /expected two axes/,
    },
  ],
);

test.run();
