import { test } from 'uvu';
import { logSoftmax } from '../../src/ops/log-softmax.js';
import { runCases } from './run-cases.js';

runCases(logSoftmax, [
  {
    name: 'each row by itself, without overflow',
    attrs: {},
    inputs: [{ shape: [1, 2, 2], data: Float32Array.of(0, 0, 1000, 0) }],
    expected: [[-Math.LN2, -Math.LN2, 0, -1000]],
    tolerance: 1e-7,
  },
]);

test.run();
