import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Weights } from '../../src/caffe/caffemodel.js';
import { matchWeights } from '../../src/caffe/match-weights.js';
import type { WeightRequest } from '../../src/caffe/weight-request.js';
import type { ParamSpec } from '../../src/ops/op.js';
import { zeros } from '../../src/tensor.js';
import { throws } from '../throws.js';

const specs: readonly ParamSpec[] = [
  { role: 'weights', shape: [20, 1, 5, 5], seed: { he: 25 } },
  { role: 'bias', shape: [20], seed: 0 },
];
const request = (layer: string, more: Partial<WeightRequest> = {}): WeightRequest => ({
  specs,
  layer,
  where: `net:1:1: layer "${layer}" (Convolution)`,
  names: [],
  fillers: { main: undefined, bias: undefined },
  ...more,
});
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

test.run();
