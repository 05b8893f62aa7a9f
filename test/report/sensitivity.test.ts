import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sensitivityText } from '../../src/report/sensitivity.js';
import { missedTarget, proposalText, type WidthProposal } from '../../src/report/width-proposal.js';

const layer = {
  name: `block/${'very_long/'.repeat(6)}depthwise`,
  followers: [`block/${'very_long/'.repeat(6)}relu`],
  type: 'Convolution',
  bw: 8,
  macs: 300,
  quantized: { sqnr: -12.345, agreement: 1 },
  float: { sqnr: Infinity, agreement: 0.5 },
} as const;
const result = {
  images: 2,
  output: 'prob',
  deployed: { sqnr: 20, agreement: 0.5 },
  layers: [layer, { ...layer, name: 'pool', followers: [], bw: null, macs: 0 }],
};

test('a row fits 100 columns, whatever the name; both ends of a long name are kept', () => {
  const lines = sensitivityText(result).split('\n');
  assert.ok(lines.every(({ length }) => length <= 100));
  assert.match(lines[2] ?? '', /^block\/.*….*depthwise \+ relu +8 +100\.00 % +-12\.35 +100\.00 % +Infinity +50\.00 %$/);
  assert.match(lines[3] ?? '', /^pool +host +- /);
  assert.match(
    sensitivityText(result),
    /2 images\. With every layer quantized: 20\.00 dB, agreement .* "prob" 50\.00 %\./,
  );
});

test('without an output of class scores there is no agreement', () => {
  const deployed = { sqnr: 20, agreement: null };
  assert.match(
    sensitivityText({ ...result, output: null, deployed }),
    /20\.00 dB; no output of the network looks like/,
  );
});

test('a proposal says what it costs and gives, or what was reached', () => {
  const proposal: WidthProposal = {
    target: 0.99,
    reached: true,
    layers: ['a', 'b'],
    layerBits: 'a=16,b=16',
    macs: 0.25,
    agreement: 1,
    expected: 0.995,
    sqnr: 30,
  };
  assert.is(
    proposalText(proposal),
    `Target 99.00 % is reached with 16 bits in 2 layers, 25.00 % of the multiply-accumulates:
agreement 100.00 % measured on these images, 99.50 % expected on others, 30.00 dB.
--layer_bits 'a=16,b=16'
`,
  );
  assert.match(
    proposalText({ ...proposal, expected: 0.98 }),
    /98\.00 % expected on others, 30\.00 dB\. More --images make it surer\.\n/,
  );
  assert.match(proposalText({ ...proposal, layers: [] }), /is reached without layers of 16 bits:\n/);
  const missed = { ...proposal, reached: false, agreement: 0.9 };
  assert.match(proposalText(missed), /^Target 99\.00 % is missed with 16 bits in all that can have them, 2 layers,/);
  assert.match(missedTarget(missed), /^--target_agreement: expected at least 99\.00 %, got 90\.00 % /);
});

test.run();
