import { test } from 'uvu';
import { type MvnAttrs, mvn } from '../../src/ops/mvn.js';
import { runCases } from './run-cases.js';

const moments: MvnAttrs = { variance: true, acrossChannels: false, eps: 0, layout: 'NCHW' };

const four = { shape: [1, 2, 1, 2], data: Float32Array.from([1, 3, 10, 30]) };

runCases(mvn, [
  { name: 'each channel', attrs: moments, inputs: [four], expected: [[-1, 1, -1, 1]] },
  {
    name: 'eps beside the root',
    attrs: { ...moments, eps: 1 },
    inputs: [four],
    expected: [[-0.5, 0.5, -10 / 11, 10 / 11]],
  },
  { name: 'the mean alone', attrs: { ...moments, variance: false }, inputs: [four], expected: [[-1, 1, -10, 10]] },
  {
    name: 'all channels',
    attrs: { ...moments, acrossChannels: true, variance: false },
    inputs: [four],
    expected: [[-10, -8, -1, 19]],
  },
  {
    name: 'channels last',
    attrs: { ...moments, layout: 'NHWC' },
    layout: 'NHWC',
    inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 10, 3, 30]) }],
    expected: [[-1, -1, 1, 1]],
  },
  {
    name: 'two images',
    attrs: { ...moments, variance: false },
    inputs: [{ shape: [2, 1, 1, 2], data: Float32Array.from([1, 3, 10, 30]) }],
    expected: [[-1, 1, -10, 10]],
  },
]);

test.run();
