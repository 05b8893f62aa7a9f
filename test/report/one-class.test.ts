import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneClassWarning } from '../../src/report/one-class.js';

const agreement = { output: 'prob', top1: 1, top5: null };
const images = (classes: readonly number[]) =>
  classes.map((best) => ({ outputs: [{ value: 0, classes: 9, float: [best], fixed: [best], isDistribution: true }] }));

test('one class for eight images is warned of', () => {
  const same = images([7, 7, 7, 7, 7, 7, 7, 7]);
  assert.match(oneClassWarning({ agreement }, same, undefined).join(), /gives class 7 for all 8 images\./);
  assert.match(oneClassWarning({ agreement }, same, [1, 2, 3, 4, 5, 6, 7, 8]).join(), /class 7/);
  assert.equal(oneClassWarning({ agreement }, same, [7, 7, 7, 7, 7, 7, 7, 7]), []);
});

test('few images, two classes and networks without scores pass', () => {
  assert.equal(oneClassWarning({ agreement }, images([7, 7]), undefined), []);
  assert.equal(oneClassWarning({ agreement }, images([7, 7, 7, 7, 7, 7, 7, 6]), undefined), []);
  assert.equal(oneClassWarning({ agreement: null }, images([7, 7, 7, 7, 7, 7, 7, 7]), undefined), []);
});

test.run();
