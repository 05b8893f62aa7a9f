import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundCodes, expectExactSums } from '../../src/kernels/codes.js';

test('bounds follow from the width, or from the codes where that does not suffice', () => {
  const bounds = boundCodes(Int16Array.of(3, -4, 1, 1), 2, 16);
  assert.equal([bounds.codesBelow(5), bounds.codesBelow(4)], [true, false]);
  assert.equal([bounds.sumsBelow(7 * 128 + 1, 8), bounds.sumsBelow(7 * 128, 8)], [true, false]);
});

test('sums of 16-bit codes that float64 may not hold exactly are refused', () => {
  const row = (count: number): Int16Array => new Int16Array(count).fill(32767);
  expectExactSums(boundCodes(row(2 ** 21), 1), 16);
  expectExactSums(boundCodes(row(2 ** 22), 1), 8);
  assert.throws(
    () => expectExactSums(boundCodes(row(2 ** 21 + 2 ** 8), 1), 16),
    /expected sums of products of codes below 2\^51/,
  );
});

test.run();
