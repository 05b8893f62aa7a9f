import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrators } from '../../../src/calibration/thresholds/index.js';
import type { ThresholdMethod } from '../../../src/calibration/thresholds/method.js';
import { countMagnitudes, magnitudeRange } from '../../../src/kernels/twins/histogram.js';
import { blob, blobNames } from './blobs.js';

/** The threshold of values by a method, for codes of 8 bits. */
function thresholdOf(method: ThresholdMethod, values: Float32Array): number {
  const magnitudes = { ...magnitudeRange(values), count: values.length };
  const bins = method.bins(magnitudes, 8);
  if (bins === null) return magnitudes.max;
  const counts = new Uint32Array(bins);
  countMagnitudes(values, magnitudes.max, counts);
  const zeros = values.filter((value) => value === 0).length;
  return method.threshold({ counts: Float64Array.from(counts), zeros }, magnitudes, 8);
}

for (const [name, method] of Object.entries(calibrators)) {
  test(`${name}: the threshold of any blob is positive, finite, and at most half a bin beyond the maximum`, () => {
    for (const blobName of blobNames) {
      for (const count of [1, 100, 20_000, 60_000]) {
        const values = blob(blobName, count);
        const { max } = magnitudeRange(values);
        if (max <= 1e-8) continue;
        const threshold = thresholdOf(method, values);
        const bins = Math.ceil(Math.sqrt(count));
        assert.ok(
          threshold > 0 && threshold <= max * (1 + 1 / bins),
          `${blobName}, ${count} values: ${threshold} of ${max}`,
        );
      }
    }
  });

  test(`${name}: the threshold scales with the values`, () => {
    const values = blob('gauss', 40_000);
    assert.is(
      thresholdOf(
        method,
        values.map((value) => value * 4),
      ),
      thresholdOf(method, values) * 4,
    );
  });
}

test.run();
