import { test } from 'uvu';
import { dropout } from '../../src/ops/dropout.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(dropout, [
  { name: 'nothing', attrs: {}, inputs: [counting([1, 3])], shapes: [[1, 3]], expected: [[0, 1, 2]], tolerance: 0 },
]);

test.run();
