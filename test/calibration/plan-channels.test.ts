import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describePlan, planText } from '../../src/calibration/dump.js';
import type { MeasuredChannels, PlannedThreshold, PlanOptions } from '../../src/calibration/plan.js';
import { planProgressive } from '../../src/calibration/plan-progressive.js';
import { planReference } from '../../src/calibration/plan-reference.js';
import type { Graph } from '../../src/graph/graph.js';
import { concat, convolution, innerProduct, maxPooling, networkOf, reluInPlace, sigmoid, widths } from './plans.js';

const onCode = { statistics: { 8: 'histograms', 16: 'extremes' }, biasOnCode: true } as const;

/** By layer, the channels that its thresholds are measured on, biased layers by name. */
function channelsOf(graph: Graph, options: Partial<PlanOptions>, plan = planProgressive): Record<string, unknown> {
  const name = (index: number | null): string | null => (index === null ? null : (graph.nodes[index]?.name ?? null));
  const shown = ({ statistics, biased }: MeasuredChannels) => [
    statistics,
    ...biased.map((source) => source && [name(source.layer), name(source.activation)]),
  ];
  const { thresholds } = plan(graph, { widths, ...options });
  const measured = thresholds.flatMap((each: PlannedThreshold) => (each.from === 'measured' ? [each] : []));
  return Object.fromEntries(
    measured.map(({ node, channels }) => [name(node), channels === undefined ? null : shown(channels)]),
  );
}

const branches = networkOf(
  convolution('left', 'data'),
  reluInPlace('rectified', 'left'),
  convolution('right', 'data'),
  maxPooling('pool', 'data'),
  concat('both', 'left', 'right', 'pool'),
);

test('without channel options no threshold needs statistics of channels', () => {
  assert.equal(channelsOf(branches, {}), { data: null, rectified: null, right: null, both: null });
});

test('the plan names the layers whose bias the overlay adds to codes, also for each operand of a Concat', () => {
  assert.equal(channelsOf(branches, { channels: onCode }), {
    data: ['histograms', null],
    rectified: ['histograms', ['left', 'rectified']],
    right: ['histograms', ['right', null]],
    both: ['histograms', ['left', 'rectified'], ['right', null], null],
  });
});

test('an overlay that adds the bias to the sum has no biased layers, and a width may do without channels', () => {
  const plain = { statistics: { 8: 'histograms', 16: null }, biasOnCode: false } as const;
  assert.equal(channelsOf(branches, { channels: plain })['right'], ['histograms', null]);
  const wide = { input: 16, params: 16, output: 16 } as const;
  assert.equal(channelsOf(branches, { channels: plain, widths: wide })['right'], null);
  assert.equal(channelsOf(branches, { channels: onCode, widths: wide })['right'], ['extremes', ['right', null]]);
});

test('a fully connected layer without an entry runs on the host: its bias is not added to a code', () => {
  const graph = networkOf(innerProduct('fc', 'data'));
  assert.equal(channelsOf(graph, { channels: onCode })['fc'], ['histograms', null]);
  assert.equal(channelsOf(graph, { channels: onCode, includeInnerProduct: true })['fc'], ['histograms', ['fc', null]]);
});

test('an activation that others read past computes on the same bias', () => {
  const graph = networkOf(
    convolution('conv', 'data'),
    'layer { name: "relu" type: "ReLU" bottom: "conv" top: "relu" }',
    sigmoid('other', 'conv'),
    convolution('next', 'relu'),
  );
  const channels = channelsOf(graph, { channels: onCode });
  assert.equal(channels['conv'], ['histograms', ['conv', null]]);
  assert.equal(channels['relu'], ['histograms', ['conv', 'relu']]);
});

test('the reference walk measures raw outputs with their own bias', () => {
  const graph = networkOf(convolution('conv', 'data'), convolution('next', 'conv'));
  assert.equal(channelsOf(graph, { channels: onCode }, planReference), {
    data: ['histograms', null],
    conv: ['histograms', ['conv', null]],
    next: ['histograms', ['next', null]],
  });
});

test('the text of a plan says which thresholds need statistics of channels', () => {
  const text = planText(describePlan(branches, planProgressive(branches, { widths, channels: onCode })));
  assert.match(text, /measures T1 on its unrounded output, by a histogram of each channel\n/);
  assert.match(
    text,
    /, taken together, by a histogram of each channel and the bias of left and right: th_layer_out of /,
  );
});

test.run();
