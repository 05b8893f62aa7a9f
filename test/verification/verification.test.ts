import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measureError, noError } from '../../src/verification/compare-activations.js';
import type { RankedOutput } from '../../src/verification/ranked-outputs.js';
import { summarise } from '../../src/verification/verification.js';
import type { Counts, DescribedLayer, ImageReport } from '../../src/verification/verifier.js';
import { CONVOLUTION, networkOf } from '../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv', CONVOLUTION],
  ['ReLU', 'conv', 'relu'],
]);
const [data, conv, relu] = graph.nodes.map(({ outputs }) => outputs[0]!) as [number, number, number];
const grid = { threshold: 5, bits: 8 } as const;
const placement = { kind: 'codes', grid } as const;
const bounds = { low: -9, high: 9, bits: 5, canOverflow: false };
const described: DescribedLayer[] = [
  { value: data, node: 0, name: 'data', activation: null, placement, thIn: null, bounds: null },
  { value: conv, node: 1, name: 'conv', activation: null, placement, thIn: 7, bounds },
  { value: relu, node: 1, name: 'conv', activation: 'relu', placement: { kind: 'float', grid: null }, thIn: 7, bounds },
];
const counts: Counts = {
  layers: new Map([
    [
      'conv',
      {
        prescale: Float64Array.of(1, 0),
        output: Float64Array.of(2, 3),
        beyond: Float64Array.of(0, 4),
        alive: Uint8Array.of(1, 0),
        values: 50,
      },
    ],
  ]),
  inputs: new Map([['data', { clipped: 6, values: 60 }]]),
};
const scores = (float: number[], fixed: number[], isDistribution = true): RankedOutput => ({
  value: relu,
  classes: 10,
  float,
  fixed,
  isDistribution,
});
const report = (
  outputs: readonly RankedOutput[],
  isolated: ImageReport['isolated'] = [null, noError, noError],
): ImageReport => ({
  isolated,
  channels: [],
  accumulated: [noError, measureError([1, 2], [1, 1]), noError],
  outputs,
});

test('layers have their grids, errors and counts; the first value of a layer has its counts', () => {
  const { layers, images } = summarise(graph, described, [report([]), report([], [null, null, noError])], counts);
  assert.is(images, 2);
  const [input, first, second] = layers as [(typeof layers)[0], (typeof layers)[0], (typeof layers)[0]];
  assert.equal([input.values, input.clipped, input.isolated], [60, 6, null]);
  assert.equal([first.bw, first.th_layer_in, first.th_layer_out, first.type], [8, 7, 5, 'Convolution']);
  assert.equal(
    [first.values, first.clipped, first.prescaleClipped, first.overflows, first.deadChannels],
    [50, 5, 1, 4, [1]],
  );
  assert.equal(first.channels, { clipped: [2, 3], prescaleClipped: [1, 0], overflows: [0, 4] });
  assert.is(first.isolated, null, 'null in one image');
  assert.is(first.accumulated.largestError!.error, 1);
  assert.equal([second.bw, second.th_layer_out, second.values, second.channels], [null, null, 0, null]);
  assert.equal([second.isolated!.sqnr, second.accumulator], [Infinity, bounds]);
});

test('shares of images whose best class is kept, and whose right class is found', () => {
  const reports = [report([scores([1, 2], [1, 2])]), report([scores([3, 1], [1, 3])]), report([scores([4], [5])])];
  const { agreement, accuracy } = summarise(graph, described, reports, counts, [1, 1, 5]);
  assert.equal(agreement, { output: 'relu', top1: 1 / 3, top5: 2 / 3 });
  assert.equal(accuracy, { float: { top1: 1 / 3, top5: 2 / 3 }, fixed: { top1: 1, top5: 1 } });
  assert.is(summarise(graph, described, reports, counts).accuracy, null);
});

test('the scores are the first distribution, else the only output; of five classes there is no top 5', () => {
  const [plain, distribution] = [scores([1], [2], false), { ...scores([1], [1]), classes: 5 }];
  const agreement = (...outputs: RankedOutput[]) => summarise(graph, described, [report(outputs)], counts).agreement;
  assert.equal(agreement(plain, distribution), { output: 'relu', top1: 1, top5: null });
  assert.is(agreement(plain)!.top1, 0);
  assert.is(agreement(plain, plain), null);
  assert.is(agreement(), null);
});

test.run();
