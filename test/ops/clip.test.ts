import { test } from 'uvu';
import { clip } from '../../src/ops/clip.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(
  clip,
  [
    {
      name: 'both ends',
      attrs: { min: -1, max: 2 },
      inputs: [row(-3, -1, 0, 2, 5)],
      expected: [[-1, -1, 0, 2, 2]],
      tolerance: 0,
    },
    {
      name: 'a rectifier with a ceiling',
      attrs: { min: 0, max: 2 },
      inputs: [row(-3, 0, 1, 5)],
      expected: [[0, 0, 1, 2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'ends the wrong way round',
      attrs: { min: 1, max: 0 },
      inputs: [[1, 2]],
      message: /max of at least 1, got 0/,
    },
  ],
);

test.run();
