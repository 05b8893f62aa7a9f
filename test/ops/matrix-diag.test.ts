import { test } from 'uvu';
import { matrixDiag } from '../../src/ops/matrix-diag.js';
import { runCases } from './run-cases.js';
import { counting, tensor } from './values.js';

const left = { above: false, below: false };
const main = { lower: 0, upper: 0, right: left };

runCases(
  matrixDiag,
  [
    {
      name: 'the main diagonal of square matrices',
      attrs: { band: main, size: [2, 2], padding: 0 },
      inputs: [counting([2, 2])],
      shapes: [[2, 2, 2]],
      expected: [[0, 0, 0, 1, 2, 0, 0, 3]],
      tolerance: 0,
    },
    {
      name: 'one above, in a wide matrix of padding',
      attrs: { band: { ...main, lower: 1, upper: 1 }, size: [2, 4], padding: 9 },
      inputs: [counting([2], 1)],
      shapes: [[2, 4]],
      expected: [[9, 1, 9, 9, 9, 9, 2, 9]],
      tolerance: 0,
    },
    {
      // The example of tf.linalg.diag with its default alignment: superdiagonals right, subdiagonals left.
      name: 'a band, shorter diagonals at the right above and at the left below',
      attrs: { band: { lower: -1, upper: 1, right: { above: true, below: false } }, size: [3, 3], padding: 0 },
      inputs: [tensor([3, 3], 0, 8, 9, 1, 2, 3, 4, 5, 0)],
      shapes: [[3, 3]],
      expected: [[1, 8, 0, 4, 2, 9, 0, 5, 3]],
      tolerance: 0,
    },
    {
      name: 'into matrices that keep their other elements',
      attrs: { band: main, size: null, padding: 0 },
      inputs: [tensor([1, 2], -1, -2), counting([1, 2, 3])],
      shapes: [[1, 2, 3]],
      expected: [[-1, 1, 2, 3, -2, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'diagonals that are too long',
      attrs: { band: main, size: [2, 2], padding: 0 },
      inputs: [[3]],
      message: /expected 2 elements of diagonals for a matrix, got shape 3/,
    },
    {
      name: 'diagonals beside the matrix',
      attrs: { band: { ...main, lower: 2, upper: 2 }, size: [2, 2], padding: 0 },
      inputs: [[1]],
      message: /expected diagonals of a 2x2 matrix, got 2 to 2/,
    },
    {
      name: 'matrices of another number',
      attrs: { band: main, size: null, padding: 0 },
      inputs: [
        [2, 2],
        [2, 2],
      ],
      message: /expected matrices for diagonals of shape 2x2, got 2x2/,
    },
  ],
);

test.run();
