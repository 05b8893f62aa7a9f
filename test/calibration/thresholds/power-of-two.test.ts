import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { powerOfTwoThreshold } from '../../../src/calibration/thresholds/power-of-two.js';

test('the grid step is the smallest power of two that covers the threshold', () => {
  for (const bits of [8, 16] as const) {
    const largest = 2 ** (bits - 1) - 1;
    for (let threshold = 1e-12; threshold < 1e12; threshold *= 1.7) {
      const found = powerOfTwoThreshold(threshold, bits);
      const exponent = Math.log2(found / largest);
      assert.is(exponent, Math.round(exponent), `${threshold}`);
      assert.ok(found >= threshold && found / 2 < threshold, `${threshold}: ${found}`);
    }
  }
});

test('a threshold whose step is a power of two stays; 0 stays 0', () => {
  assert.equal([powerOfTwoThreshold(127 / 64, 8), powerOfTwoThreshold(0, 8)], [127 / 64, 0]);
});

test.run();
