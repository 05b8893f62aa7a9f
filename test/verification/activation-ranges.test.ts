import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BINS_TO_THRESHOLD, RangeMeter } from '../../src/verification/activation-ranges.js';

test('a range is that of all images, per channel in either layout', () => {
  const images = [Float32Array.of(1, -2, 3, 4), Float32Array.of(0, 0, -9, 0.5)];
  for (const [layout, channels] of [
    ['NCHW', [2, 9]],
    ['NHWC', [9, 4]],
  ] as const) {
    const meter = new RangeMeter(
      [1, 2, 1, 2].map((size, i) => (layout === 'NCHW' ? size : ([1, 2, 1, 2][i] ?? 1))),
      layout,
      null,
    );
    for (const image of images) meter.add(image);
    assert.equal(meter.range, { least: -9, greatest: 4, channels, histogram: null });
  }
});

test('a histogram counts magnitudes in parts of the threshold, what is far beyond in its last bin', () => {
  const meter = new RangeMeter([1, 5], 'NCHW', 2);
  meter.add(Float32Array.of(0, -2, 1.999, 0.004, 1e9));
  const { histogram } = meter.range;
  const used = (histogram ?? []).flatMap((count, bin) => (count > 0 ? [[bin, count]] : []));
  assert.equal(used, [
    [0, 1],
    [1, 1],
    [BINS_TO_THRESHOLD - 1, 1],
    [BINS_TO_THRESHOLD, 1],
    [8 * BINS_TO_THRESHOLD - 1, 1],
  ]);
});

test.run();
