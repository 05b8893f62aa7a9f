import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placementOf } from '../../../src/placement/placement.js';
import type { Distance, ImageBase } from '../../../src/verification/sensitivity/probe.js';
import {
  describeSteps,
  expectedAgreement,
  summariseDeployed,
  summariseSensitivity,
} from '../../../src/verification/sensitivity/sensitivity.js';
import { CONVOLUTION, gridEntries, networkOf } from '../../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv1', CONVOLUTION],
  ['ReLU', 'conv1', 'relu1'],
  ['Convolution', 'relu1', 'conv2', CONVOLUTION],
]);
const placement = placementOf(graph, gridEntries({ conv1: [1, 2], conv2: [2, 3] }));

const distance = (noise: readonly number[], best: number): Distance => ({ noise, best: [best] });
const base = (best: number, deployed: Distance): ImageBase => ({
  signal: [100, 10],
  float: [{ value: 2, classes: 3, float: [best], fixed: [best], isDistribution: true }],
  deployed,
  margins: [{ margin: 1, shift: 0.5 }],
});

test('layers that round are named with their activations and counted', () => {
  assert.equal(describeSteps(placement), [
    { name: 'data', followers: [], type: 'Input', bw: 8, macs: 0 },
    { name: 'conv1', followers: ['relu1'], type: 'Convolution', bw: 8, macs: 1024 },
    { name: 'conv2', followers: [], type: 'Convolution', bw: 8, macs: 1024 },
  ]);
});

test('the lowest ratio of the outputs counts, over all images; the largest loss is first, equal ones in network order', () => {
  const layer = (noise: readonly number[], best: number) => ({
    quantized: distance(noise, best),
    float: distance([0, 0], best),
  });
  const images = [
    { base: base(1, distance([1, 1], 1)), layers: [layer([1, 0.01], 1), layer([0, 1], 2), layer([1, 0.01], 1)] },
    { base: base(2, distance([1, 1], 0)), layers: [layer([1, 0.01], 2), layer([0, 1], 2), layer([1, 0.01], 2)] },
  ];
  const { layers, deployed, images: count } = summariseSensitivity(placement, images);
  assert.is(count, 2);
  assert.equal(
    layers.map(({ name, quantized }) => [name, quantized.sqnr.toFixed(3), quantized.agreement]),
    [
      ['conv1', '10.000', 0.5],
      ['data', '20.000', 1],
      ['conv2', '20.000', 1],
    ],
  );
  assert.equal([deployed.sqnr.toFixed(3), deployed.agreement], ['10.000', 0.5]);
  assert.is(layers[0]?.float.sqnr, Infinity);
  assert.throws(
    () => summariseSensitivity(placement, [{ base: base(1, distance([Number.NaN, 0], 1)), layers: [] }]),
    /expected finite values, got an error power of NaN/,
  );
});

test('the expected agreement sets each shift against each margin', () => {
  assert.is(
    expectedAgreement([
      { margin: 1, shift: 0 },
      { margin: 3, shift: 2 },
    ]),
    0.75,
  );
  assert.is(expectedAgreement([{ margin: 1, shift: 1 }]), 0);
  assert.equal(summariseDeployed([base(1, distance([1, 0], 1))]), { sqnr: 20, agreement: 1, expected: 1 });
});

test.run();
