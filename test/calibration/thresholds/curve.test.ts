import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { channelCurve, channelThreshold } from '../../../src/calibration/thresholds/channel-mse.js';
import { curveOf, type ThresholdCurve } from '../../../src/calibration/thresholds/curve.js';
import { calibratorOf } from '../../../src/calibration/thresholds/index.js';
import { countMagnitudes, magnitudeRange } from '../../../src/kernels/twins/histogram.js';
import { blob, blobNames } from './blobs.js';

/** Each method's threshold of a blob, and the curve that it comes from. */
function found(name: 'mse' | 'reference' | 'percentile:99', values: Float32Array) {
  const method = calibratorOf(name);
  const magnitudes = { ...magnitudeRange(values), count: values.length };
  const bins = method.bins(magnitudes, 8);
  if (bins === null) return null;
  const counts = new Uint32Array(bins);
  countMagnitudes(values, magnitudes.max, counts);
  const histogram = { counts: Float64Array.from(counts), zeros: 0 };
  const curve = method.curve?.(histogram, magnitudes, 8) ?? null;
  return curve === null ? null : { curve, threshold: method.threshold(histogram, magnitudes, 8) };
}

const isAscending = (list: readonly number[]): boolean => list.every((each, i) => i === 0 || each > list[i - 1]!);

function check({ curve, threshold }: { curve: ThresholdCurve; threshold: number }, where: string): void {
  assert.is(curve.thresholds[curve.chosen], threshold, where);
  assert.is(curve.values.length, curve.thresholds.length, where);
  assert.ok(isAscending(curve.thresholds), where);
  assert.ok(curve.thresholds.length <= 2048, where);
}

for (const name of ['mse', 'reference'] as const) {
  test(`${name}: the threshold is the candidate of the curve with the least value`, () => {
    let seen = 0;
    for (const blobName of blobNames) {
      const result = found(name, blob(blobName, 20_000));
      if (result === null) continue;
      check(result, blobName);
      const { values, chosen } = result.curve;
      assert.is(values[chosen], Math.min(...values), blobName);
      seen++;
    }
    assert.ok(seen > 2);
  });
}

test('percentile: the threshold is the first candidate that clips no more than its share', () => {
  const result = found('percentile:99', blob('gauss', 20_000))!;
  check(result, 'gauss');
  const { values, chosen } = result.curve;
  assert.ok(values[chosen]! <= 0.01);
  assert.ok(values[chosen - 1]! > 0.01);
  assert.is(values.at(-1), 0);
});

test('the mean squared error of a curve is that of codes', () => {
  // Magnitudes in the middle of 512 bins: from threshold 256 on half of them are clipped.
  const counts = new Float64Array(512).fill(1);
  counts[0] = 0;
  const layer = { channels: 1, counts, low: 0, importance: null, bias: null, slopes: [1] };
  const curve = channelCurve([layer], 512);
  const at = curve.thresholds.indexOf(256);
  let sum = 0;
  for (let bin = 1; bin < 512; bin++) sum += bin + 0.5 < 256 ? (256 / 127) ** 2 / 12 : (bin + 0.5 - 256) ** 2;
  assert.ok(Math.abs(curve.values[at]! / (sum / 511) - 1) < 1e-12);
  assert.is(curve.thresholds[curve.chosen], channelThreshold([layer], 512));
});

test('of many candidates a selection is kept, the chosen one among them', () => {
  const curve = curveOf(
    'divergence',
    [129, 5000, 777],
    (i) => i / 2,
    (i) => -i,
  );
  assert.ok(curve.thresholds.length <= 258);
  assert.is(curve.thresholds[0], 129 / 2);
  assert.is(curve.thresholds[curve.chosen], 777 / 2);
  assert.is(curve.values[curve.chosen], -777);
  assert.ok(isAscending(curve.thresholds));
});

test.run();
