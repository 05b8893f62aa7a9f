import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quickLookText, verdictLines } from '../../src/report/verdict.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';

const good: Verdict = {
  grade: 'good',
  images: 8,
  kept: 8,
  output: { layer: 'fc', sqnr: 23.64 },
  worst: { layer: 'conv', sqnr: 18, alone: false },
  cliff: null,
  causes: [],
  next: [],
};
const broken: Verdict = {
  ...good,
  grade: 'broken',
  kept: null,
  output: { layer: 'fc', sqnr: -Infinity },
  worst: { layer: 'conv', sqnr: 3, alone: true },
  cliff: { layer: 'conv', type: 'Convolution', channel: 5, sqnr: 3 },
  causes: [
    { kind: 'clipped before scaling', amount: 0.25 },
    { kind: 'coarse grid', amount: 50 },
  ],
  next: ['--overlay v3', '--bitwidths 16,16,16'],
};

test('a good quick look is one line', () => {
  assert.is(
    quickLookText(good, 'v2'),
    'Quick look on overlay v2, 8 calibration images: good; 23.6 dB at "fc"; 8 of 8 keep their best class; worst layer "conv", 18.0 dB.\n',
  );
});

test('a bad one says where, why and what to try', () => {
  const [line, cliff, advice, end] = quickLookText(broken, 'v2').split('\n');
  assert.match(line ?? '', /: broken; nothing but noise at "fc"; worst layer alone "conv", 3\.0 dB\.$/);
  assert.is(
    cliff,
    'First cliff: layer "conv" (Convolution), channel 5: alone it keeps 3.0 dB: 25.00 % of its values are clipped before scaling; the grid is coarse for most of its channels (the largest value is 50.0 times that of the middle channel).',
  );
  assert.match(advice ?? '', /^Try --overlay v3, or --bitwidths 16,16,16\. /);
  assert.is(end, '');
  assert.equal(verdictLines(good), ['Verdict: good; 23.6 dB at "fc"; 8 of 8 images keep their best class.']);
  assert.equal(verdictLines(broken).slice(1), [cliff, advice]);
});

test('commands that go on have a line each', () => {
  const commands = [
    { purpose: 'try', command: 'xfdnn quantize --from m.json --overlay v3' },
    { purpose: 'compare', command: 'xfdnn advise --from m.json' },
    { purpose: 'find', command: 'xfdnn sensitivity --from m.json' },
  ] as const;
  assert.equal(verdictLines(broken, commands).slice(2), [
    'Try --overlay v3, or --bitwidths 16,16,16: xfdnn quantize --from m.json --overlay v3',
    'Compare the choices: xfdnn advise --from m.json',
    'Find the layers that need more bits: xfdnn sensitivity --from m.json',
  ]);
});

test('causes that are not counted are called so', () => {
  const text = quickLookText({ ...broken, causes: [], next: [] }, 'v3');
  assert.match(text, /alone it keeps 3\.0 dB; nothing counted explains it/);
  assert.not.match(text, /Try /);
});

test.run();
