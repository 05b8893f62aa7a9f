import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bitWidths } from '../../src/jobs/bit-widths.js';

test('three of 8 and 16 are input, parameters and output', () => {
  assert.equal(bitWidths([8, 16, 8]), { input: 8, params: 16, output: 8 });
  assert.equal(bitWidths([16, 8, 16]), { input: 16, params: 8, output: 16 });
});

test('other lists are refused', () => {
  for (const list of [[], [8], [8, 8], [8, 8, 8, 8], [8, 7, 8], [32, 8, 8]])
    assert.throws(
      () => bitWidths(list),
      (error: Error) => error.message.startsWith(`--bitwidths: expected three of 8 and 16`),
      list.join(),
    );
});

test.run();
