import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DivergenceBounds } from '../../../../src/calibration/thresholds/divergence/bounds.js';
import { cumulative, divergence } from '../../../../src/calibration/thresholds/divergence/definition.js';
import { binCount } from '../../../../src/calibration/thresholds/divergence/search.js';
import { countMagnitudes, magnitudeRange } from '../../../../src/kernels/twins/histogram.js';
import { blob } from '../blobs.js';

test('bounds stay below the definition and values within their allowance', () => {
  for (const name of [
    'gauss',
    'sparse relu',
    'clipped',
    'very heavy tail',
    'on a grid',
    'a spike over noise',
    'denormals',
  ]) {
    const values = blob(name, 160_000, 5);
    const { max, min } = magnitudeRange(values);
    const counts = new Uint32Array(binCount(max, min, values.length, 8)!);
    countMagnitudes(values, max, counts);
    const c = cumulative(counts, 160_000);
    const bounds = new DivergenceBounds(c, counts, 160_000, 128);
    for (let i = 129; i <= c.length; i++) {
      const d = divergence(c, i, 128);
      assert.ok(
        Math.abs(bounds.value(i, Infinity) - d) <= bounds.allowance(d),
        `${name}, i = ${i}: ${bounds.value(i, Infinity)} for ${d}`,
      );
      assert.ok(bounds.bound(i, Infinity) <= d + bounds.allowance(d), `${name}, i = ${i}: bound above ${d}`);
      assert.ok(bounds.value(i, d / 2) > d / 2, `${name}, i = ${i}: given up in vain`);
    }
  }
});

test.run();
