import { test } from 'uvu';
import { sigmoid } from '../../src/ops/sigmoid.js';
import { runCases } from './run-cases.js';
import { mapped, single, wide } from './values.js';

runCases(sigmoid, [
  { name: 'everywhere', attrs: {}, inputs: [wide], expected: mapped((x) => 1 / (1 + Math.exp(-x))), tolerance: 1e-7 },
  single('far below', {}, -100, 3.720075976020836e-44),
  single('the middle', {}, 0, 0.5),
  single('far above', {}, 1000, 1),
  single('below all', {}, -1000, 0),
]);

test.run();
