import { test } from 'uvu';
import { spatialPyramidPooling } from '../../src/ops/spatial-pyramid-pooling.js';
import { runCases } from './run-cases.js';

const count = (shape: readonly number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => index + 1),
});

runCases(
  spatialPyramidPooling,
  [
    {
      name: 'two levels of the largest elements',
      attrs: { operation: 'max', levels: 2 },
      inputs: [count([1, 2, 4, 4])],
      shapes: [[1, 10]],
      expected: [[16, 32, 6, 8, 14, 16, 22, 24, 30, 32]],
      tolerance: 0,
    },
    {
      name: 'a size that is no multiple: padded before, clipped behind',
      attrs: { operation: 'max', levels: 2 },
      inputs: [count([1, 1, 3, 3])],
      shapes: [[1, 5]],
      expected: [[9, 1, 3, 7, 9]],
      tolerance: 0,
    },
    {
      name: 'means count the padding',
      attrs: { operation: 'average', levels: 2 },
      inputs: [count([1, 1, 3, 3])],
      expected: [[5, 0.25, 1.25, 2.75, 7]],
      tolerance: 0,
    },
    {
      name: 'one level keeps its axes',
      attrs: { operation: 'average', levels: 1 },
      inputs: [count([1, 2, 2, 3])],
      shapes: [[1, 2, 1, 1]],
      expected: [[3.5, 9.5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'no level',
      attrs: { operation: 'max', levels: 0 },
      inputs: [[1, 2, 4, 4]],
      message: /pyramid_height of at least 1/,
    },
    {
      name: 'too many levels',
      attrs: { operation: 'max', levels: 4 },
      inputs: [[1, 1, 5, 5]],
      message: /a pad below the kernel/,
    },
    {
      name: 'far too many levels',
      attrs: { operation: 'max', levels: 4294967295 },
      inputs: [[1, 1, 5, 5]],
      message: /pyramid_height of at most 16/,
    },
    { name: 'no image', attrs: { operation: 'max', levels: 1 }, inputs: [[1, 2]], message: /4-dimensional/ },
  ],
);

test.run();
