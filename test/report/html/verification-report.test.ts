import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReportedLayer, VerificationReport } from '../../../src/report/html/report-data.js';
import { verificationReport } from '../../../src/report/html/verification-report.js';
import { BINS_TO_THRESHOLD } from '../../../src/verification/activation-ranges.js';

const hostile = `"><img src=x onerror=alert(1)><script>alert('2')</script>`;
const quality = (sqnr: number): ReportedLayer['accumulated'] => ({ sqnr, cosine: 1, largestError: null });
const histogram = Array.from({ length: 2 * BINS_TO_THRESHOLD }, (_, bin) => Math.max(1, 3000 - 3 * bin));

const layer = (name: string, alone: number, deployed: number): ReportedLayer => ({
  name,
  activation: null,
  type: hostile,
  bw: 8,
  th_layer_in: 1,
  th_layer_out: 2,
  isolated: quality(alone),
  accumulated: quality(deployed),
  values: 200,
  clipped: 1,
  prescaleClipped: 5,
  overflows: 0,
  deadChannels: [3],
  channels: null,
  accumulator: { low: -9, high: 9, bits: 20, canOverflow: false },
  range: { least: -1, greatest: 3, channels: [1, 2, 3], histogram },
  weights: { largest: [0.5, 0.25], thresholds: [0.5, 0.5] },
  largestSum: 2 ** 17 - 1,
});

const report: VerificationReport = {
  title: hostile,
  subtitle: hostile,
  overlay: 'v2',
  version: '1.2.3',
  verification: { images: 4, agreement: { output: hostile, top1: 0.75, top5: null }, accuracy: null },
  verdict: {
    grade: 'broken',
    images: 4,
    kept: 3,
    output: { layer: hostile, sqnr: 5 },
    worst: { layer: hostile, sqnr: 5, alone: true },
    cliff: { layer: hostile, type: hostile, channel: 2, sqnr: 5 },
    causes: [{ kind: 'clipped before scaling', amount: 0.5 }],
    next: ['--overlay v3'],
  },
  commands: [{ purpose: 'try', command: `xfdnn quantize --deploy_model ${hostile} --overlay v3` }],
  layers: [layer(hostile, 40, 39), layer('middle', 25, 12), layer('last', 5, Number.NEGATIVE_INFINITY)],
  network: [
    { name: hostile, type: hostile, inputs: [], sqnr: 39 },
    { name: 'middle', type: 'Pooling', inputs: [0], sqnr: 12 },
    { name: 'last', type: 'Eltwise', inputs: [1, 0], sqnr: null },
  ],
  parts: [{ output: hostile, weights: 30, activations: 25, both: 22, deployed: 5 }],
  input: hostile,
  pictures: [1, 1, 2].map((byte, i) => ({ caption: `${hostile}${i}`, png: Uint8Array.of(byte) })),
  rangeImages: 2,
  flipped: [{ name: hostile, float: [1, 2], fixed: [2, 1], png: Uint8Array.of(7) }],
  changed: 1,
  origins: [{ name: hostile, value: hostile }],
};

const text = verificationReport(report);

test('a name of a file is text wherever it stands', () => {
  assert.not.match(text, /<script|<img src=x|onerror=alert\(1\)>/);
  const escaped = '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;script&gt;';
  assert.ok(text.split(escaped).length > 20, 'the hostile name is shown');
});

test('a report needs no other file, and states so to the browser', () => {
  assert.not.match(text, /https?:|\burl\(|@import|<link|<iframe|\bsrc="(?!data:image\/png;base64,)/);
  assert.ok(text.includes(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`));
  assert.not.match(text, /NaN|undefined|Infinity|\[object/);
});

test('a command that goes on from the verdict stands below what it is for', () => {
  assert.match(
    text,
    /<p>Try <span class="flag">--overlay<\/span> v3:<br><code>xfdnn quantize <span class="flag">--deploy_model<\/span> .*--overlay<\/span> v3<\/code><\/p>/,
  );
});

test('a report has a section for each view, and the same bytes again', () => {
  const ids = [...text.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id);
  const expected = [
    'verdict',
    'input',
    'layers',
    'parts',
    'network',
    'ranges',
    'budget',
    'details',
    'flipped',
    'origins',
  ];
  assert.equal(ids, expected);
  for (const id of ids) assert.ok(text.includes(`href="#${id}"`), id);
  assert.is(verificationReport(report), text);
});

test('layers are marked by the limits of the grades, edges drawn, equal steps joined', () => {
  assert.match(text, /<span class="name">middle<\/span>[\s\S]{0,600}?<span class="figure poor">25\.0 dB \/ 12\.0 dB/);
  assert.match(
    text,
    /<span class="name">last<\/span>[\s\S]{0,600}?<span class="figure bad">5\.0 dB \/ nothing but noise/,
  );
  assert.is(text.split('class="edge"').length - 1, 3);
  assert.is(text.split('<img ').length - 1, 3, 'two steps and a flipped image');
  assert.match(text, /18\.0 of 20 bits, 2\.50 % before scaling, 0\.50 % at the threshold, 1 dead/);
  assert.match(text, /activations only<[\s\S]{0,300}?25\.0 dB/);
});

test.run();
