import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addErrors,
  cosine,
  measureError,
  noError,
  positionOfElement,
  sqnr,
} from '../../src/verification/compare-activations.js';

test('ratio and cosine of known vectors', () => {
  const sum = measureError([3, 4], [3, 3.5]);
  assert.is(sqnr(sum), 20);
  assert.ok(Math.abs(cosine(sum) - 23 / (5 * Math.hypot(3, 3.5))) < 1e-15);
  assert.equal(sum.largest, { error: 0.5, image: 0, index: 1, float: 4, fixed: 3.5 });
});

test('no noise, no signal, nothing at all', () => {
  assert.equal([sqnr(measureError([1], [1])), cosine(measureError([1], [1]))], [Infinity, 1]);
  assert.equal([sqnr(measureError([0], [1])), cosine(measureError([0], [1]))], [-Infinity, 0]);
  assert.equal([sqnr(noError), cosine(noError), measureError([2], [2]).largest], [Infinity, 1, null]);
});

test('sums of images are the sum of both; the first of equal errors stays', () => {
  const joined = addErrors(measureError([3, 4], [3, 3.5], 0), measureError([1, 2], [1.5, 2], 1));
  const { largest, ...sums } = measureError([3, 4, 1, 2], [3, 3.5, 1.5, 2]);
  assert.equal({ ...joined, largest: null }, { ...sums, largest: null });
  assert.equal(joined.largest, { error: 0.5, image: 0, index: 1, float: 4, fixed: 3.5 });
  assert.is(largest!.index, 1);
});

test('an element has a channel, a row and a column in either layout', () => {
  assert.equal(positionOfElement(2 * 20 + 3 * 5 + 4, [1, 3, 4, 5], 'NCHW'), { channel: 2, row: 3, column: 4 });
  assert.equal(positionOfElement((3 * 5 + 4) * 3 + 2, [1, 4, 5, 3], 'NHWC'), { channel: 2, row: 3, column: 4 });
  assert.equal(positionOfElement(7, [1, 10], 'NCHW'), { channel: 7, row: 0, column: 0 });
  assert.equal(positionOfElement(7, [1, 10], 'NHWC'), { channel: 7, row: 0, column: 0 });
  assert.equal(positionOfElement(7, [1, 2, 5], 'NCHW'), { channel: 1, row: 0, column: 2 });
});

test.run();
