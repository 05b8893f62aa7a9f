import { test } from 'uvu';
import { adjustContrast } from '../../src/ops/adjust-contrast.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

runCases(adjustContrast, [
  {
    name: 'each channel of each image by itself',
    attrs: { factor: 2 },
    inputs: [tensor([2, 1, 2, 2], 1, 10, 3, 10, 5, 0, 5, 4)],
    layout: 'NHWC',
    expected: [[0, 10, 4, 10, 5, -2, 5, 6]],
    tolerance: 0,
  },
]);

test.run();
