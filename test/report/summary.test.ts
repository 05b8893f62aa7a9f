import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missedGates } from '../../src/report/missed-gates.js';
import { verificationSummary } from '../../src/report/summary.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';
import type { Verification, VerifiedLayer } from '../../src/verification/verification.js';

const verdict: Verdict = {
  ...{ grade: 'degraded', images: 100, kept: 90, output: { layer: 'fc', sqnr: 12 }, worst: null },
  ...{ cliff: null, causes: [], next: ['--overlay v3'] },
};
const layer = (name: string, sqnr: number): VerifiedLayer => {
  const quality = { sqnr, cosine: 1, largestError: null };
  return {
    ...{ name, activation: null, type: 'Convolution', bw: 8, th_layer_in: 1, th_layer_out: 1, accumulator: null },
    ...{ isolated: quality, accumulated: quality, values: 0, clipped: 0, prescaleClipped: 0, overflows: 0 },
    ...{ deadChannels: [], channels: null },
  };
};
const verification: Verification = {
  images: 100,
  layers: [layer('conv|1', 20), layer('fc', 12)],
  agreement: { output: 'fc', top1: 0.9, top5: null },
  accuracy: { float: { top1: 0.6, top5: null }, fixed: { top1: 0.5, top5: null } },
};
const missed = missedGates(verification, { minAgreement: 0.95, maxAccuracyDrop: 0.2 });
const result = { ...verification, verdict, overlay: 'v2', faults: [], missed };
const gates = ['--min_agreement', '--max_accuracy_drop'];

test('markdown: the outcome, the figures, what was missed, the weakest layers first', () => {
  const lines = verificationSummary('markdown', result, 'q.json', gates).split('\n');
  assert.is(lines[0], '### xfdnn verify: degraded, 1 gate missed');
  assert.ok(lines.includes('| agreement with float | top-1 90.00 % |'));
  assert.ok(lines.includes('- **missed** --min\\_agreement: expected at least 95.00 %, got 90.00 %.'));
  const [first, second] = lines.slice(-3);
  assert.equal([first, second], ['| fc | 12.0 dB | 12.0 dB |', '| conv\\|1 | 20.0 dB | 20.0 dB |']);
});

test('junit: a case for the file and each gate, a failure for each that was missed', () => {
  const text = verificationSummary('junit', result, 'a & b.json', gates);
  assert.match(text, /<testsuite name="xfdnn verify a &amp; b\.json" tests="3" failures="1" errors="0">/);
  assert.match(text, /name="the scaling file fits"\/>/);
  assert.match(text, /name="--max_accuracy_drop"\/>/);
  assert.match(
    text,
    /name="--min_agreement"><failure message="--min_agreement: expected at least 95\.00 %, got 90\.00 %\."\/>/,
  );
});

test('github: an error for each missed gate, escaped, and the verdict', () => {
  const [error, warning, end] = verificationSummary('github', result, 'a,b.json', gates).split('\n');
  assert.is(
    error,
    '::error file=a%2Cb.json,title=xfdnn verify::--min_agreement: expected at least 95.00 %25, got 90.00 %25.',
  );
  assert.match(warning ?? '', /^::warning file=a%2Cb\.json,title=xfdnn verify::Verdict: degraded; 12\.0 dB at "fc"/);
  assert.is(end, '');
});

test('a float accuracy far below what is expected names preprocessing; one within the noise of the images passes', () => {
  const [sentence = ''] = missedGates(verification, { expectAccuracy: 0.89 });
  assert.match(
    sentence,
    /^--expect_accuracy: expected about 89\.00 % in float, got 60\.00 % of 100 images\. The likely cause is preprocessing/,
  );
  // Three standard errors of 100 images at 70 % are 13.7 points.
  assert.equal(missedGates(verification, { expectAccuracy: 0.7 }), []);
  assert.is(missedGates(verification, { expectAccuracy: 0.75 }).length, 1);
  assert.throws(
    () => missedGates({ ...verification, accuracy: null }, { expectAccuracy: 0.7 }),
    /^--expect_accuracy: expected --labels/,
  );
});

test.run();
