import { test } from 'uvu';
import { depthSpace } from '../../src/ops/depth-space.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  depthSpace,
  [
    {
      name: 'pixels to channels',
      attrs: { to: 'depth', block: 2, layout: 'NHWC' },
      inputs: [counting([1, 2, 4, 1])],
      shapes: [[1, 1, 2, 4]],
      expected: [[0, 1, 4, 5, 2, 3, 6, 7]],
      tolerance: 0,
    },
    {
      name: 'channels to pixels',
      attrs: { to: 'space', block: 2, layout: 'NHWC' },
      inputs: [counting([1, 1, 2, 4])],
      shapes: [[1, 2, 4, 1]],
      expected: [[0, 1, 4, 5, 2, 3, 6, 7]],
      tolerance: 0,
    },
    {
      name: 'channels to pixels in planes',
      attrs: { to: 'space', block: 2, layout: 'NCHW' },
      inputs: [counting([1, 8, 1, 1])],
      layout: 'NCHW',
      shapes: [[1, 2, 2, 2]],
      expected: [[0, 2, 4, 6, 1, 3, 5, 7]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'odd sizes',
      attrs: { to: 'depth', block: 2, layout: 'NHWC' },
      inputs: [[1, 3, 4, 1]],
      message: /multiples of 2, got 3x4/,
    },
    {
      name: 'channels that do not divide',
      attrs: { to: 'space', block: 2, layout: 'NHWC' },
      inputs: [[1, 3, 4, 6]],
      message: /a multiple of 4, got 6/,
    },
  ],
);

test.run();
