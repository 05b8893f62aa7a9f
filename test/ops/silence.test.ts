import { test } from 'uvu';
import { silence } from '../../src/ops/silence.js';
import { runCases } from './run-cases.js';

runCases(silence, [
  { name: 'several inputs and no output', attrs: {}, inputs: [[1, 2], [3]], shapes: [], expected: [] },
]);

test.run();
