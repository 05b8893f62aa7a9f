import { test } from 'uvu';
import { matrixDiagPart } from '../../src/ops/matrix-diag-part.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

const left = { above: false, below: false };

runCases(
  matrixDiagPart,
  [
    {
      name: 'the main diagonal of a wide matrix',
      attrs: { band: { lower: 0, upper: 0, right: left }, padding: 0 },
      inputs: [counting([1, 2, 3], 1)],
      shapes: [[1, 2]],
      expected: [[1, 5]],
      tolerance: 0,
    },
    {
      // The example of tf.linalg.diag_part: 3 x 4, k from -1 to 2, superdiagonals right, subdiagonals left.
      name: 'a band with shorter diagonals filled up',
      attrs: { band: { lower: -1, upper: 2, right: { above: true, below: false } }, padding: 9 },
      inputs: [counting([3, 4], 1)],
      shapes: [[4, 3]],
      expected: [[9, 3, 8, 2, 7, 12, 1, 6, 11, 5, 10, 9]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a diagonal below the matrix',
      attrs: { band: { lower: -2, upper: -2, right: left }, padding: 0 },
      inputs: [[2, 3]],
      message: /expected diagonals of a 2x3 matrix, got -2 to -2/,
    },
  ],
);

test.run();
