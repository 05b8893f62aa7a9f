import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { histogramPlot } from '../../../src/report/html/histogram.js';

test('an empty histogram has a plot without a curve', () => {
  const { markup } = histogramPlot({ histogram: Array(256).fill(0), threshold: 2, largest: 0, bits: 8 });
  assert.match(markup, /threshold 2, maximum 0/);
  assert.not.match(markup, /NaN|Infinity|null/);
});

test.run();
