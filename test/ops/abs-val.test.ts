import { test } from 'uvu';
import { absVal } from '../../src/ops/abs-val.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(absVal, [
  { name: 'both signs', attrs: {}, inputs: [row(-1.5, -0, 0, 2)], expected: [[1.5, 0, 0, 2]], tolerance: 0 },
]);

test.run();
