import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leastSquaresThreshold } from '../../../src/calibration/thresholds/mse.js';
import { Random } from '../../fixed/random.js';

const random = new Random(9);

/** The error of a threshold by its definition, in widths of a bin; the first bin does not count. */
function errorOf(counts: readonly number[], threshold: number): number {
  return counts.reduce((error, count, j) => {
    const x = j + 0.5;
    return error + (j === 0 ? 0 : count * (x < threshold ? (threshold / 127) ** 2 / 12 : (x - threshold) ** 2));
  }, 0);
}

test('the threshold is the first candidate with the least error, by brute force', () => {
  for (let run = 0; run < 40; run++) {
    const bins = 129 + random.whole(400);
    const counts = Array.from({ length: bins }, (_, j) =>
      j === 0 ? 5 : Math.floor((random.whole(1000) * 20) / (j + 1)),
    );
    counts[bins - 1] = 1;
    const first = Math.floor(bins / 16);
    const errors = Array.from({ length: bins - first + 1 }, (_, i) => errorOf(counts, first + i));
    const best = first + errors.indexOf(Math.min(...errors));
    assert.is(leastSquaresThreshold(counts, bins / 8, 8), best / 8);
  }
});

test('the maximum at 16 bits, with too few bins and with an empty first bin', () => {
  const counts = Array.from({ length: 400 }, (_, j) => 400 - j);
  assert.ok(leastSquaresThreshold(counts, 3, 8) < 3);
  assert.is(leastSquaresThreshold(counts, 3, 16), 3);
  assert.is(leastSquaresThreshold(counts.slice(0, 100), 3, 8), 3);
  assert.is(leastSquaresThreshold([0, ...counts.slice(1)], 3, 8), 3);
});

test.run();
