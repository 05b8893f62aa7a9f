import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { input } from '../../src/ops/input.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(
  input,
  [{ name: 'what is fed', attrs: { shape: [1, 3] }, inputs: [row(1, 2, 3)], shapes: [[1, 3]], expected: [[1, 2, 3]] }],
  [{ name: 'a size of 0', attrs: { shape: [1, 0, 4] }, inputs: [], message: /input sizes of at least 1, got 0/ }],
);

test('an input has the shape it declares', () => {
  assert.equal(input.shape({ shape: [1, 3, 4, 5] }, []), [[1, 3, 4, 5]]);
});

test.run();
