import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorCurve, histogramPlot } from '../../../src/report/html/histogram.js';
import { BINS_TO_THRESHOLD } from '../../../src/verification/activation-ranges.js';

test('the error of a threshold is that of rounding below it and of clipping beyond it', () => {
  // Nine magnitudes in the middle of bin 39, one in that of bin 99; zeros do not count as errors.
  const histogram = Array.from({ length: 256 }, (_, bin) => (bin === 39 ? 9 : bin === 99 ? 1 : 0));
  const rounding = (bin: number): number => (bin / 127) ** 2 / 12;
  const curve = errorCurve(histogram, 8);
  assert.is(curve[0]?.bin, BINS_TO_THRESHOLD / 4);
  for (const { bin, error } of curve) {
    const [near, far] = [39.5, 99.5].map((middle) => (middle < bin ? rounding(bin) : (middle - bin) ** 2));
    assert.ok(Math.abs(error - (9 * (near ?? 0) + (far ?? 0)) / 10) < 1e-9, `bin ${bin}`);
  }
  const best = curve.reduce((least, point) => (point.error < least.error ? point : least));
  assert.is(best.bin, 100);
});

test('an empty histogram has a plot without a curve', () => {
  const { markup } = histogramPlot({ histogram: Array(256).fill(0), threshold: 2, largest: 0, bits: 8 });
  assert.match(markup, /threshold 2, maximum 0/);
  assert.not.match(markup, /NaN|Infinity|null/);
});

test.run();
