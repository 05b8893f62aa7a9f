import { test } from 'uvu';
import { depthPooling } from '../../src/ops/depth-pooling.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

runCases(
  depthPooling,
  [
    {
      name: 'the larger of two neighbouring channels',
      attrs: { window: 2 },
      inputs: [tensor([1, 1, 2, 4], 1, 2, -4, -3, 5, 0, -1, 7)],
      layout: 'NHWC',
      shapes: [[1, 1, 2, 2]],
      expected: [[2, -3, 5, 7]],
      tolerance: 0,
    },
  ],
  [{ name: 'channels left over', attrs: { window: 2 }, inputs: [[1, 1, 1, 3]], message: /a multiple of 2, got 3/ }],
);

test.run();
