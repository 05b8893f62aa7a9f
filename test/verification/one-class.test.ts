import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneClass } from '../../src/verification/one-class.js';

const agreement = { output: 'prob', top1: 1, top5: null };
const images = (classes: readonly number[]) =>
  classes.map((best) => ({ outputs: [{ value: 0, classes: 9, float: [best], fixed: [best], isDistribution: true }] }));

test('one class for eight images is found', () => {
  const same = images([7, 7, 7, 7, 7, 7, 7, 7]);
  assert.is(oneClass({ agreement }, same, undefined), 7);
  assert.is(oneClass({ agreement }, same, [1, 2, 3, 4, 5, 6, 7, 8]), 7);
  assert.is(oneClass({ agreement }, same, [7, 7, 7, 7, 7, 7, 7, 7]), undefined);
});

test('few images, two classes and networks without scores pass', () => {
  assert.is(oneClass({ agreement }, images([7, 7]), undefined), undefined);
  assert.is(oneClass({ agreement }, images([7, 7, 7, 7, 7, 7, 7, 6]), undefined), undefined);
  assert.is(oneClass({ agreement: null }, images([7, 7, 7, 7, 7, 7, 7, 7]), undefined), undefined);
});

test.run();
