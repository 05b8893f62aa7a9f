import { test } from 'uvu';
import { reduction } from '../../src/ops/reduction.js';
import { runCases } from './run-cases.js';

const input = { shape: [1, 2, 3], data: Float32Array.of(1, -2, 3, -4, 5, 6) };

runCases(
  reduction,
  [
    {
      name: 'all axes',
      attrs: { operation: 'sum', axis: 0, coefficient: 1 },
      inputs: [input],
      shapes: [[]],
      expected: [[9]],
      tolerance: 0,
    },
    {
      name: 'the last axis, in magnitude',
      attrs: { operation: 'absolute-sum', axis: -1, coefficient: 1 },
      inputs: [input],
      shapes: [[1, 2]],
      expected: [[6, 15]],
      tolerance: 0,
    },
    {
      name: 'squares, with a coefficient',
      attrs: { operation: 'square-sum', axis: 2, coefficient: -0.5 },
      inputs: [input],
      shapes: [[1, 2]],
      expected: [[-7, -38.5]],
      tolerance: 0,
    },
    {
      name: 'the mean of an image',
      attrs: { operation: 'mean', axis: 1, coefficient: 2 },
      inputs: [input],
      shapes: [[1]],
      expected: [[3]],
      tolerance: 0,
    },
    {
      name: 'seeded values',
      attrs: { operation: 'mean', axis: 2, coefficient: 1 },
      inputs: [[1, 3, 4, 5]],
      expected: ([x]) => [
        [0, 1, 2].map(
          (row) => [...(x?.data ?? [])].slice(row * 20, row * 20 + 20).reduce((a: number, b: number) => a + b, 0) / 20,
        ),
      ],
    },
  ],
  [
    {
      name: 'an axis that is not there',
      attrs: { operation: 'sum', axis: 3, coefficient: 1 },
      inputs: [[1, 2, 3]],
      message: /expected axis from -3 to 2, got 3/,
    },
    {
      name: 'two inputs',
      attrs: { operation: 'sum', axis: 0, coefficient: 1 },
      inputs: [[1], [1]],
      message: /1 input/,
    },
  ],
);

test.run();
