import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Calibrator, calibratorOf, calibrators } from '../../../src/calibration/thresholds/index.js';
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

test('a method is chosen by name or passed as a value; another name is a usage error', () => {
  for (const [name, method] of Object.entries(calibrators)) assert.is(calibratorOf(name as Calibrator), method);
  const method: ThresholdMethod = { bins: () => null, threshold: () => 1 };
  assert.is(calibratorOf(method), method);
  for (const name of ['toString', 'percentile:', 'percentile:x', 'mse:3', 'percentile:99:9'])
    assert.throws(
      () => calibratorOf(name as Calibrator),
      ({ code, message }: { code: string; message: string }) =>
        code === 'usage' &&
        message ===
          `--calibrator: expected mse, reference, max, percentile, search or percentile:99.999, got "${name}".`,
    );
});

test('a percentile has its number behind a colon', () => {
  const values = blob('gauss', 40_000);
  const { max } = magnitudeRange(values);
  const of = (name: Calibrator): number => thresholdOf(calibratorOf(name), values);
  assert.is(of('percentile:100'), max);
  assert.is(of('percentile'), of('percentile:99.999'));
  const half = of('percentile:50');
  assert.ok(half < of('percentile:99') && of('percentile:99') < max);
  const share = values.filter((value) => Math.abs(value) < half).length / values.length;
  assert.ok(share >= 0.5 && share < 0.52, String(share));
  for (const name of ['percentile:0', 'percentile:101'])
    assert.throws(() => calibratorOf(name as Calibrator), /expected a share of the elements above 0 and at most 100 %/);
});

test.run();
