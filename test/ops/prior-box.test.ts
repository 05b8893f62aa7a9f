import { test } from 'uvu';
import { type PriorBoxAttrs, priorBox } from '../../src/ops/prior-box.js';
import { runCases } from './run-cases.js';

const boxes: PriorBoxAttrs = {
  minSizes: [4],
  maxSizes: [],
  aspectRatios: [1],
  clip: false,
  variances: [0.5, 0.5, 0.25, 0.25],
  image: [10, 20],
  step: [0, 0],
  offset: 0.5,
};

runCases(
  priorBox,
  [
    {
      name: 'one square at each of two places',
      attrs: boxes,
      inputs: [
        [1, 8, 1, 2],
        [1, 3, 10, 20],
      ],
      shapes: [[1, 2, 8]],
      expected: [[0.15, 0.3, 0.35, 0.7, 0.65, 0.3, 0.85, 0.7, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'a larger square and two ratios',
      attrs: { ...boxes, maxSizes: [9], aspectRatios: [1, 4, 0.25] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      shapes: [[1, 2, 16]],
      expected: [
        [
          8 / 20,
          0.3,
          12 / 20,
          0.7,
          7 / 20,
          0.2,
          13 / 20,
          0.8,
          6 / 20,
          0.4,
          14 / 20,
          0.6,
          9 / 20,
          0.1,
          11 / 20,
          0.9,
          ...[1, 2, 3, 4].flatMap(() => [0.5, 0.5, 0.25, 0.25]),
        ],
      ],
    },
    {
      name: 'clipped',
      attrs: { ...boxes, minSizes: [40], clip: true },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      expected: [[0, 0, 1, 1, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'step and offset',
      attrs: { ...boxes, step: [5, 10], offset: 0 },
      inputs: [
        [1, 8, 1, 2],
        [1, 3, 10, 20],
      ],
      expected: [[-0.1, -0.2, 0.1, 0.2, 0.4, -0.2, 0.6, 0.2, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.25, 0.25]],
    },
    {
      name: 'no variance: 0.1',
      attrs: { ...boxes, variances: [] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      expected: [[0.4, 0.3, 0.6, 0.7, 0.1, 0.1, 0.1, 0.1]],
    },
  ],
  [
    {
      name: 'no size',
      attrs: { ...boxes, minSizes: [] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /min_size above 0, got none/,
    },
    {
      name: 'a larger size that is not',
      attrs: { ...boxes, maxSizes: [4] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /max_size above 4, got 4/,
    },
    {
      name: 'two variances',
      attrs: { ...boxes, variances: [1, 2] },
      inputs: [
        [1, 8, 1, 1],
        [1, 3, 10, 20],
      ],
      message: /4 variances, 1 or none, got 2/,
    },
  ],
);

test.run();
