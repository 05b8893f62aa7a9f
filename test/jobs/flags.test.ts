import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optionsOf } from '../../src/jobs/flags.js';

test('flags become options: keys in camelCase, values as they are', () => {
  const list = [8, 8, 8];
  const options = optionsOf({ power_of_two: true, max_accuracy_drop: 0.1, bitwidths: list, labels: undefined });
  assert.equal(options, { powerOfTwo: true, maxAccuracyDrop: 0.1, bitwidths: list, labels: undefined });
  assert.is(options.bitwidths, list);
});

test.run();
