import { test } from 'uvu';
import { reorg } from '../../src/ops/reorg.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

const same = Array.from({ length: 12 }, (_, i) => i);

runCases(
  reorg,
  [
    // Darknet's loops by hand on 4 x 2 x 2: the input is read in its own sizes as 1 x 4 x 4.
    {
      name: 'forward',
      attrs: { stride: 2, reverse: false },
      inputs: [counting([1, 4, 2, 2])],
      shapes: [[1, 16, 1, 1]],
      expected: [[0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]],
      tolerance: 0,
    },
    {
      name: 'reverse',
      attrs: { stride: 2, reverse: true },
      inputs: [counting([1, 4, 2, 2])],
      shapes: [[1, 1, 4, 4]],
      expected: [[0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15]],
      tolerance: 0,
    },
    {
      name: 'stride 1',
      attrs: { stride: 1, reverse: false },
      inputs: [counting([1, 3, 2, 2])],
      expected: [same],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'rows that do not divide',
      attrs: { stride: 2, reverse: false },
      inputs: [[1, 4, 3, 2]],
      message: /multiples of 2, got 3x2/,
    },
    {
      name: 'channels that do not divide',
      attrs: { stride: 2, reverse: false },
      inputs: [[1, 3, 2, 2]],
      message: /multiple of 4, got 3/,
    },
    {
      name: 'a stride of 0',
      attrs: { stride: 0, reverse: false },
      inputs: [[1, 4, 2, 2]],
      message: /stride of at least 1, got 0/,
    },
  ],
);

test.run();
