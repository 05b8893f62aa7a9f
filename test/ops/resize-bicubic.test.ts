import { test } from 'uvu';
import { resizeBicubic } from '../../src/ops/resize-bicubic.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(resizeBicubic, [
  {
    name: 'a row enlarged: at pixels exact, between them Keys with -0.75, the border repeated',
    attrs: { size: [1, 4], alignment: 'origin' },
    inputs: [{ shape: [1, 1, 2, 1], data: Float32Array.of(0, 8) }],
    shapes: [[1, 1, 4, 1]],
    // At half a pixel the weights are -0.09375, 0.59375, 0.59375, -0.09375.
    expected: [[0, 4, 8, 8.75]],
    tolerance: 1e-7,
  },
  {
    name: 'half-pixel centres leave taps outside the image out',
    attrs: { size: [1, 4], alignment: 'half-pixel' },
    inputs: [{ shape: [1, 1, 2, 1], data: Float32Array.of(0, 1) }],
    // Keys with -0.5 at a fraction of 0.75 and 0.25; of the first and last pixel's taps two are inside.
    expected: [[-0.0703125 / 0.796875, 0.2265625 / 1.09375, 0.8671875 / 1.09375, 0.8671875 / 0.796875]],
    tolerance: 1e-6,
  },
  {
    name: 'the same size is the same image',
    attrs: { size: [2, 3], alignment: 'corners' },
    inputs: [count(1, 2, 3, 2)],
    expected: [count(1, 2, 3, 2).data],
    tolerance: 0,
  },
]);

test.run();
