import { test } from 'uvu';
import { argmax } from '../../src/ops/argmax.js';
import { runCases } from './run-cases.js';

const caffe = { axis: 1, count: 1, values: false, ties: 'highest' } as const;

const scores = { shape: [1, 4], data: Float32Array.from([3, 7, 7, 5]) };

runCases(
  argmax,
  [
    {
      name: 'equal ones: the highest index',
      attrs: caffe,
      inputs: [scores],
      shapes: [[1, 1]],
      expected: [[2]],
      tolerance: 0,
    },
    {
      name: 'equal ones: the lowest index',
      attrs: { ...caffe, ties: 'lowest' },
      inputs: [scores],
      expected: [[1]],
      tolerance: 0,
    },
    {
      name: 'the best three',
      attrs: { ...caffe, count: 3 },
      inputs: [scores],
      shapes: [[1, 3]],
      expected: [[2, 1, 3]],
      tolerance: 0,
    },
    {
      name: 'values',
      attrs: { ...caffe, count: 3, values: true },
      inputs: [scores],
      expected: [[7, 7, 5]],
      tolerance: 0,
    },
    {
      name: 'without axis',
      attrs: { ...caffe, axis: null, count: 2 },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([1, 9, 4, 3]) }],
      shapes: [[1, 1, 2, 1]],
      expected: [[1, 2]],
      tolerance: 0,
    },
    {
      name: 'without axis, indices before values',
      attrs: { ...caffe, axis: null, count: 2, values: true },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([1, 9, 4, 3]) }],
      shapes: [[1, 2, 2, 1]],
      expected: [[1, 2, 9, 4]],
      tolerance: 0,
    },
    {
      name: 'over channels of an image',
      attrs: caffe,
      inputs: [{ shape: [1, 2, 1, 3], data: Float32Array.from([1, 5, 2, 4, 3, 9]) }],
      shapes: [[1, 1, 1, 3]],
      expected: [[1, 0, 1]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'more than there are',
      attrs: { ...caffe, count: 5 },
      inputs: [[1, 4]],
      message: /top_k of at most 4, got 5/,
    },
  ],
);

test.run();
