import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listNames } from '../../src/caffe/layer.js';

test('a long list of names is cut', () => {
  assert.is(listNames([]), '');
  assert.is(listNames(['a', 'b']), '"a", "b"');
  assert.is(listNames(['a', 'b', 'c', 'd'], 2), '"a", "b" and 2 more');
});

test.run();
