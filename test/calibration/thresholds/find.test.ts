import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HistogramRequest } from '../../../src/calibration/executor/executor.js';
import { type Blob, findThresholds } from '../../../src/calibration/thresholds/find.js';
import type { ThresholdMethod } from '../../../src/calibration/thresholds/method.js';

const blob = (value: number, max: number): Blob => ({
  forms: [{ value, grid: null }],
  statistics: { max, min: 0, count: 10, bad: -1 },
  bits: 8,
});

/** A histogram for every request: all elements in the first bin, and its requests. */
function counting(): {
  asked: HistogramRequest[][];
  histograms(requests: readonly HistogramRequest[]): Promise<never>;
} {
  const asked: HistogramRequest[][] = [];
  return {
    asked,
    async histograms(requests) {
      asked.push([...requests]);
      const counts = (bins: number) => Float64Array.from({ length: bins }, (_, bin) => (bin === 0 ? 10 : 0));
      return requests.map(({ bins, countZeros }) => ({ counts: counts(bins), zeros: countZeros ? 3 : 0 })) as never;
    },
  };
}

/** Asks for as many bins as the maximum is large, beyond 2. */
const method: ThresholdMethod = {
  bins: ({ max }) => (max > 2 ? max : null),
  threshold: ({ counts, zeros }, { max, count }, bits) =>
    counts.length + zeros * 100 + max * 1000 + count * 10_000 + bits * 1_000_000,
};

test('blobs get the maximum, 0 or what the method makes of their histogram, in their order', async () => {
  const executor = counting();
  const found = await findThresholds([blob(0, 5), blob(1, 1e-8), blob(2, 2), blob(3, 4)], method, executor);
  assert.equal(found, [8_105_005, 0, 2, 8_104_004]);
  assert.equal(
    executor.asked.map((requests) => requests.map(({ forms, max, bins }) => [forms[0]!.value, max, bins])),
    [
      [
        [0, 5, 5],
        [3, 4, 4],
      ],
    ],
    'one request for all',
  );
});

test('no histogram is counted where no blob needs one', async () => {
  const executor = counting();
  assert.equal(await findThresholds([blob(0, 1), blob(1, 0)], method, executor), [1, 0]);
  assert.equal(executor.asked, []);
});

test('zeros are counted for the methods that read them', async () => {
  assert.equal(await findThresholds([blob(0, 5)], { ...method, countsZeros: true }, counting()), [8_105_305]);
});

test.run();
