import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cumulative,
  directSearch,
  divergence,
  levels,
  resample,
} from '../../../../src/calibration/thresholds/divergence/definition.js';

test('levels are those of one sign', () => {
  assert.equal([levels(8), levels(16)], [128, 32768]);
});

test('the cumulative distribution ends at 1', () => {
  assert.equal([...cumulative([1, 0, 2, 1], 4)], [0.25, 0.25, 0.75, 1]);
});

test('resampling is linear between neighbours and keeps the ends', () => {
  assert.equal([...resample(Float64Array.of(0, 1, 4), 5)], [0, 0.5, 1, 2.5, 4]);
  assert.equal([...resample(Float64Array.of(0, 1, 4, 9, 16), 3)], [0, 4, 16]);
});

test('a straight line diverges nowhere from itself', () => {
  const line = Float64Array.from({ length: 9 }, (_, j) => (j + 1) / 9);
  assert.ok(divergence(line, 9, 4) < 1e-15);
  assert.ok(divergence(line, 6, 4) > 0.01, 'cut before its end');
});

test('the first of the least candidates wins; without candidates the threshold is the maximum', () => {
  const counts = [8, 0, 0, 0, 0, 0];
  assert.equal(directSearch(counts, 8, 3, 3), { threshold: 2.75, bin: 5, divergence: 0 });
  assert.equal(directSearch(counts, 8, 3, 8), { threshold: 3 });
  assert.equal(directSearch([0, 8, 0, 0, 0, 0], 8, 3, 3), { threshold: 3 });
});

test.run();
