import { test } from 'uvu';
import { einsum } from '../../src/ops/einsum.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(
  einsum,
  [
    {
      name: 'a matrix product',
      attrs: { operands: ['ik', 'kj'], result: 'ij' },
      inputs: [count(2, 3), count(3, 2)],
      shapes: [[2, 2]],
      expected: [[10, 13, 28, 40]],
      tolerance: 0,
    },
    {
      name: 'batches of which one operand has a single one',
      attrs: { operands: ['9ik', '9kj'], result: '9ij' },
      inputs: [count(2, 1, 2), count(1, 2, 1)],
      shapes: [[2, 1, 1]],
      expected: [[1, 3]],
      tolerance: 0,
    },
    {
      name: 'two axes summed, the result transposed',
      attrs: { operands: ['abc', 'bcd'], result: 'da' },
      inputs: [count(1, 2, 2), count(2, 2, 2)],
      shapes: [[2, 1]],
      expected: [[28, 34]],
      tolerance: 0,
    },
    {
      name: 'rounded once: the sum of 1, 2^-30 and -1 keeps the small one',
      attrs: { operands: ['ik', 'kj'], result: 'ij' },
      inputs: [
        { shape: [1, 3], data: Float32Array.of(1, 2 ** -30, -1) },
        { shape: [3, 1], data: Float32Array.of(1, 1, 1) },
      ],
      expected: [[2 ** -30]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'operands that do not fit',
      attrs: { operands: ['ik', 'kj'], result: 'ij' },
      inputs: [
        [2, 3],
        [4, 2],
      ],
      message: /expected operands that fit, got 2x3 and 4x2/,
    },
    {
      name: 'one column for two rows: only batch axes stretch',
      attrs: { operands: ['ik', 'kj'], result: 'ij' },
      inputs: [
        [1, 2],
        [1, 2],
      ],
      message: /expected operands that fit, got 1x2 and 1x2/,
    },
  ],
);

test.run();
