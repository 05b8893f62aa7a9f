import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneClassText } from '../../src/report/one-class.js';

test('one class for all images is a sentence; several classes are none', () => {
  assert.equal(oneClassText({ images: 40, oneClass: 7 }), [
    'The network in float gives class 7 for all 40 images. Check the preprocessing flags, or whether the images are of one class.',
  ]);
  assert.equal(oneClassText({ images: 40 }), []);
});

test.run();
