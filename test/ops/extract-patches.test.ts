import { test } from 'uvu';
import { extractPatches } from '../../src/ops/extract-patches.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(extractPatches, [
  {
    name: 'squares of pixels as channels',
    attrs: { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], pad: [0, 0, 0, 0] },
    inputs: [count(1, 2, 4, 1)],
    shapes: [[1, 1, 2, 4]],
    expected: [[0, 1, 4, 5, 2, 3, 6, 7]],
    tolerance: 0,
  },
  {
    name: 'dilated, with padding that is 0, channels innermost',
    attrs: { kernel: [1, 2], stride: [1, 1], dilation: [1, 2], pad: [0, 1, 0, 1] },
    inputs: [count(1, 1, 3, 2)],
    shapes: [[1, 1, 3, 4]],
    expected: [[0, 0, 2, 3, 0, 1, 4, 5, 2, 3, 0, 0]],
    tolerance: 0,
  },
]);

test.run();
