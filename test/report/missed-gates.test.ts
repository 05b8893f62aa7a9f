import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missedGates, wrongFile } from '../../src/report/missed-gates.js';
import { fault, warning } from '../../src/scaling-file/fault.js';
import type { Quality, Verification, VerifiedLayer } from '../../src/verification/verification.js';

const quality = (sqnr: number): Quality => ({ sqnr, cosine: 1, largestError: null });
const layer = (name: string, sqnr: number): VerifiedLayer => ({ name, accumulated: quality(sqnr) }) as VerifiedLayer;
const shares = (top1: number) => ({ top1, top5: null });

const verification = {
  images: 4,
  layers: [layer('conv1', 40), layer('conv2', 20.125), layer('fc', 30)],
  agreement: { output: 'prob', ...shares(0.75) },
  accuracy: { float: shares(0.9), fixed: shares(0.85) },
} as unknown as Verification;

test('no gate, and gates that are met, miss nothing', () => {
  assert.equal(missedGates(verification, {}), []);
  assert.equal(missedGates(verification, { minSqnr: 20, minAgreement: 0.75, maxAccuracyDrop: 0.06 }), []);
});

test('a sentence for each gate that is missed, in their order', () => {
  assert.equal(missedGates(verification, { minSqnr: 25, minAgreement: 0.8, maxAccuracyDrop: 0.01 }), [
    '--min_sqnr: expected at least 25 dB at every layer, got 20.13 dB at layer "conv2".',
    '--min_agreement: expected at least 80.00 %, got 75.00 %.',
    '--max_accuracy_drop: expected at most 1.00 %, got 5.00 %: 90.00 % in float, 85.00 % on the overlay.',
  ]);
});

test('what is not a number is missed: a comparison with NaN is false', () => {
  const broken = {
    ...verification,
    layers: [layer('conv1', 40), layer('conv2', Number.NaN), layer('fc', 10)],
    agreement: { output: 'prob', ...shares(Number.NaN) },
    accuracy: { float: shares(Number.NaN), fixed: shares(0.85) },
  } as unknown as Verification;
  assert.is(missedGates(broken, { minSqnr: 20, minAgreement: 0.5, maxAccuracyDrop: 0.5 }).length, 3);
});

test('a gate on figures that there are none of is wrong usage', () => {
  const none = { ...verification, agreement: null, accuracy: null };
  assert.throws(() => missedGates(none, { minAgreement: 0.5 }), /^--min_agreement: expected a network with one output/);
  assert.throws(() => missedGates(none, { maxAccuracyDrop: 0.5 }), /^--max_accuracy_drop: expected --labels/);
});

test('faults make a file wrong, warnings do not', () => {
  assert.equal(wrongFile([warning('a', 'scale', 'is odd.')], 'v2'), []);
  assert.equal(wrongFile([fault('a', 'scale', 'is wrong.')], 'v3'), [
    'The scaling file does not fit (1 fault as a file for overlay v3). xfdnn check tells what can be repaired.',
  ]);
});

test.run();
