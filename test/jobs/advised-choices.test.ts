import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AdvisedRow, adviceOf, choicesOf, flagsOf } from '../../src/jobs/advised-choices.js';

test('choices are every combination; multipliers are those of quantize, and both for mse where it clips first', () => {
  const all = choicesOf({});
  assert.is(all.length, 18);
  assert.is(new Set(all.map(flagsOf)).size, 18);
  const kinds = (overlay: string, calibrator: string): string[] =>
    all
      .filter((each) => each.overlay === overlay && each.calibrator === calibrator && each.bits === 8)
      .map(({ multipliers }) => multipliers);
  assert.equal(kinds('v2', 'mse'), ['exact', 'natural']);
  assert.equal(kinds('v2', 'reference'), ['natural']);
  assert.equal(kinds('v3', 'mse'), ['natural']);
  const few = choicesOf({ overlays: ['v2'], bits: [16], calibrators: ['max'], multipliers: ['natural'] });
  assert.equal(few, [{ overlay: 'v2', bits: 16, calibrator: 'max', multipliers: 'natural' }]);
  assert.equal(few.map(flagsOf), ['--overlay v2 --bitwidths 16,16,16 --calibrator max --multipliers natural']);
});

const row = (flags: string, over: Partial<AdvisedRow>): AdvisedRow => ({
  overlay: 'v2',
  calibrator: 'mse',
  multipliers: 'exact',
  bits: 8,
  flags,
  grade: 'good',
  agreement: 0.9,
  accuracy: null,
  floatAccuracy: null,
  sqnr: 20,
  error: null,
  seconds: 1,
  ...over,
});

test('ranks are by grade, accuracy up to that of float, agreement, dB and bits', () => {
  const rows = [
    row('failed', { grade: null, agreement: null, sqnr: null, error: 'no.' }),
    row('degraded', { grade: 'degraded', accuracy: 0.99, floatAccuracy: 0.8 }),
    row('less accurate', { accuracy: 0.7, floatAccuracy: 0.8, agreement: 1 }),
    row('luckier than float', { accuracy: 0.9, floatAccuracy: 0.8, agreement: 0.8 }),
    row('wide', { accuracy: 0.8, floatAccuracy: 0.8, bits: 16 }),
    row('as float', { accuracy: 0.8, floatAccuracy: 0.8 }),
    row('clearer', { accuracy: 0.8, floatAccuracy: 0.8, sqnr: 30, overlay: 'v3' }),
  ];
  const { rows: ranked, best, floatAccuracy } = adviceOf(rows);
  assert.equal(
    ranked.map(({ flags }) => flags),
    ['clearer', 'as float', 'wide', 'luckier than float', 'less accurate', 'degraded', 'failed'],
  );
  assert.equal(
    best.map(({ flags }) => flags),
    ['clearer', 'as float', 'wide'],
  );
  assert.is(floatAccuracy, 0.8);
});

test.run();
