import { test } from 'uvu';
import { pooling3d } from '../../src/ops/pooling-3d.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

const whole = { operation: 'max', kernel: [2, 2, 2], stride: [2, 1, 1], pad: [0, 0, 0], size: [1, 1, 2] } as const;
runCases(pooling3d, [
  // Elements 0, 1, 2 ... of 2 x 2 x 3 with two channels: the last one of each window is the largest.
  { name: 'maximum', attrs: whole, inputs: [counting([1, 2, 2, 3, 2])], expected: [[20, 21, 22, 23]], tolerance: 0 },
  {
    name: 'average of the elements within the input',
    attrs: { ...whole, operation: 'average', stride: [1, 2, 2], pad: [0, 0, 1], size: [1, 1, 2] },
    inputs: [counting([1, 2, 2, 3, 1])],
    expected: [[4.5, 6]],
    tolerance: 0,
  },
]);

test.run();
