import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Weights } from '../../src/caffe/caffemodel.js';
import { matchWeights } from '../../src/caffe/match-weights.js';
import { blankBlobs, seedBlobs } from '../../src/caffe/seed-weights.js';
import type { ParamSpec } from '../../src/ops/op.js';
import { zeros } from '../../src/tensor.js';
import { throws } from '../throws.js';

const specs: readonly ParamSpec[] = [
  { role: 'weights', shape: [20, 1, 5, 5], seed: { he: 25 } },
  { role: 'bias', shape: [20], seed: 0 },
];
const request = (layer: string) => ({ specs, layer, where: `net:1:1: layer "${layer}" (Convolution)` });
const files = { model: 'net', weights: 'w', resized: false };
const stored = (...shapes: number[][]): Weights => new Map([['conv1', shapes.map((shape) => zeros(shape))]]);

test('blobs fit whatever sizes of 1 they are stored with', () => {
  for (const bias of [[20], [1, 1, 1, 20], [1, 20, 1, 1]]) {
    const [[weights, second]] = matchWeights([request('conv1')], stored([20, 1, 5, 5], bias), files) as [[any, any]];
    assert.equal([weights.shape, second.shape], [[20, 1, 5, 5], [20]]);
  }
});

test('count and shape off by one, naming both sides', () => {
  const match =
    (weights: Weights, more = {}) =>
    () =>
      matchWeights([request('conv1')], weights, { ...files, ...more });
  throws(
    match(stored([20, 1, 5, 5])),
    /^net:1:1: layer "conv1" \(Convolution\): expected 2 weight blobs \(weights 20x1x5x5, bias 20\), got 1 \(20x1x5x5\) in w\. Prototxt and caffemodel must be of the same network\.$/,
  );
  throws(match(stored([20, 1, 5, 5], [20], [1])), /got 3 \(20x1x5x5, 20, 1\) in w/);
  throws(match(stored([21, 1, 5, 5], [20])), /: expected weights of 20x1x5x5, got 21x1x5x5 in w\. Prototxt/);
  throws(match(stored([20, 1, 5, 5], [21])), /: expected bias of 20, got 21 in w\./);
  throws(match(stored([20, 5, 5, 1], [20, 1, 2]), {}), /expected bias of 20, got 20x1x2/);
  throws(match(stored([20, 1, 25], [20])), /expected weights of 20x1x5x5, got 20x1x25 in w/);
  throws(
    match(stored([20, 2, 5, 5], [20]), { resized: true }),
    /got 20x2x5x5 in w\. The weights fix the size of the input: leave out --dims, or stop before this layer with --output_layer\.$/,
  );
});

test('layers that the caffemodel lacks', () => {
  const weights = stored([20, 1, 5, 5], [20]);
  throws(
    () => matchWeights([request('a'), request('b')], weights, files),
    /^net: none of its 2 layers with weights \("a", "b"\) is in w, which has "conv1"\. They are of different networks\.$/,
  );
  throws(
    () => matchWeights([request('a')], weights, files),
    /^net: its layer with weights \("a"\) is not in w, which has "conv1"\./,
  );
  throws(
    () => matchWeights([request('conv1'), request('b')], weights, files),
    /^net: only 1 of its 2 layers with weights are in w; missing: "b"\./,
  );
  throws(
    () => matchWeights([request('conv1'), request('b')], stored([3], [4]), files),
    /expected weights of 20x1x5x5, got 3 in w\. .*\(1 of its 2 layers with weights are in w\)\.$/,
  );
  assert.equal(matchWeights([], weights, files), []);
});

test('seeded weights: He variance, bounded, the same each time, different by seed, layer and place', () => {
  const big: readonly ParamSpec[] = [
    { role: 'weights', shape: [100, 1000], seed: { he: 50 } },
    { role: 'variance', shape: [1000], seed: 1 },
    { role: 'bias', shape: [1000], seed: 0 },
  ];
  const [weights, variance, bias] = seedBlobs(big, 'fc', 7).map(({ data }) => Array.from(data)) as [
    number[],
    number[],
    number[],
  ];
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const spread = mean(weights.map((value) => value * value));
  assert.ok(Math.abs(mean(weights)) < 0.003, `mean ${mean(weights)}`);
  assert.ok(Math.abs(spread / (2 / 50) - 1) < 0.02, `variance ${spread}`);
  assert.ok(Math.max(...weights.map(Math.abs)) <= 3.0001 * Math.sqrt(2 / 50));
  assert.ok(variance.every((value) => value >= 0.9 && value <= 1.1) && new Set(variance).size > 900);
  assert.ok(bias.every((value) => Math.abs(value) <= 0.05) && new Set(bias).size > 900);
  assert.equal(seedBlobs(big, 'fc', 7), seedBlobs(big, 'fc', 7));
  assert.not.equal(seedBlobs(big, 'fc', 8), seedBlobs(big, 'fc', 7));
  assert.not.equal(seedBlobs(big, 'fd', 7), seedBlobs(big, 'fc', 7));
  const twin = seedBlobs([big[0]!, big[0]!], 'fc', 7);
  assert.not.equal(twin[0], twin[1]);
});

test('seeded weights do not depend on the machine', () => {
  const [weights] = seedBlobs(specs, 'conv1', 1);
  assert.equal(
    Array.from(weights!.data.subarray(0, 4)),
    [-0.422330766916275, -0.026240304112434387, -0.2864336371421814, 0.5167958736419678],
  );
});

test('stand-ins hold their constants', () => {
  assert.equal(
    blankBlobs([
      { role: 'variance', shape: [2], seed: 1 },
      { role: 'weights', shape: [1, 2], seed: { he: 3 } },
    ]),
    [
      { shape: [2], data: Float32Array.of(1, 1) },
      { shape: [1, 2], data: Float32Array.of(0, 0) },
    ],
  );
});

test.run();
