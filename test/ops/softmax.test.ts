import { test } from 'uvu';
import { softmax } from '../../src/ops/softmax.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(
  softmax,
  [
    {
      name: 'large numbers',
      attrs: { axis: 1 },
      inputs: [row(1000, 1000 + Math.log(3))],
      expected: [[0.25, 0.75]],
      tolerance: 1e-4,
    },
    {
      name: 'equal numbers',
      attrs: { axis: -1 },
      inputs: [row(-7, -7, -7, -7)],
      expected: [[0.25, 0.25, 0.25, 0.25]],
      tolerance: 0,
    },
    {
      name: 'over channels',
      attrs: { axis: 1 },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([0, 1, 0, 1 + Math.log(3)]) }],
      expected: [[0.5, 0.25, 0.5, 0.75]],
    },
    {
      name: 'over the last axis',
      attrs: { axis: 2 },
      inputs: [{ shape: [1, 2, 2], data: Float32Array.from([0, 0, 0, Math.log(3)]) }],
      expected: [[0.5, 0.5, 0.25, 0.75]],
    },
  ],
  [{ name: 'an axis out of range', attrs: { axis: 2 }, inputs: [[1, 2]], message: /axis from -2 to 1, got 2/ }],
);

test.run();
