import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directSearch } from '../../src/calibration/thresholds/divergence/definition.js';
import { thresholdCurves } from '../../src/report/threshold-curves.js';
import { BINS_TO_THRESHOLD } from '../../src/verification/activation-ranges.js';

test('the squared error of a threshold is that of rounding below it and of clipping beyond it', () => {
  // Nine magnitudes in the middle of one bin, one in that of another; zeros do not count as errors.
  const [near, far] = [BINS_TO_THRESHOLD / 3, (4 * BINS_TO_THRESHOLD) / 5].map(Math.floor) as [number, number];
  const histogram = Array.from({ length: 2 * BINS_TO_THRESHOLD }, (_, bin) => (bin === near ? 9 : bin === far ? 1 : 0));
  const { points, leastSquared } = thresholdCurves(histogram, 8);
  const rounding = (bin: number): number => (bin / 127) ** 2 / 12;
  for (const { bin, squared } of points) {
    const [a, b] = [near + 0.5, far + 0.5].map((middle) => (middle < bin ? rounding(bin) : (middle - bin) ** 2));
    assert.ok(Math.abs(squared - (9 * (a ?? 0) + (b ?? 0)) / 10) < 1e-9 * (1 + squared), `bin ${bin}`);
  }
  const best = points.reduce((low, point) => (point.squared < low.squared ? point : low));
  assert.is(leastSquared, best.bin);
  assert.ok(leastSquared > far && leastSquared < far + 25);
});

test("the divergence is the original search's, of the same candidates", () => {
  const length = BINS_TO_THRESHOLD / 4 + 41;
  const histogram = Array.from({ length }, (_, bin) => Math.ceil(5000 / (1 + bin)) + (bin % 7));
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const { points, leastDivergence } = thresholdCurves(histogram, 8);
  assert.equal([points[0]?.bin, points.at(-1)?.bin], [BINS_TO_THRESHOLD / 4 + 1, length], 'every candidate');
  assert.is(leastDivergence, directSearch(histogram, total, 1, 8).bin);
});

test('there is no divergence at 16 bits, with an empty first bin, and of nothing', () => {
  const histogram = Array<number>(2 * BINS_TO_THRESHOLD).fill(3);
  for (const curves of [
    thresholdCurves(histogram, 16),
    thresholdCurves([0, ...histogram], 8),
    thresholdCurves(
      histogram.map(() => 0),
      8,
    ),
  ]) {
    assert.is(curves.leastDivergence, null);
    assert.ok(curves.points.every(({ divergence, squared }) => divergence === null && Number.isFinite(squared)));
  }
});

test.run();
