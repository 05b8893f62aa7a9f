import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchWeights } from '../../src/caffe/match-weights.js';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { blobNames } from '../../src/caffe/shared-weights.js';
import type { WeightRequest } from '../../src/caffe/weight-request.js';
import { throws } from '../throws.js';

const request = (layer: string, names: readonly (string | undefined)[]): WeightRequest => ({
  specs: [
    { role: 'weights', shape: [2], seed: 0 },
    { role: 'bias', shape: [1], seed: 0 },
  ],
  layer,
  where: `layer "${layer}"`,
  names,
  fillers: { main: undefined, bias: undefined },
});
const blobs = (...numbers: number[]) => [
  { shape: [2], data: Float32Array.of(numbers[0] ?? 0, numbers[1] ?? 0) },
  { shape: [1], data: Float32Array.of(numbers[2] ?? 0) },
];
const files = { model: 'net', weights: 'w', resized: false };
const match = (requests: WeightRequest[], weights: Record<string, ReturnType<typeof blobs>>) =>
  matchWeights(requests, new Map(Object.entries(weights)), files).map((list) => list.flatMap(({ data }) => [...data]));

test('names of blobs in files of both forms', () => {
  const names = (text: string) => readPrototxt(text, 'net').layers.map(blobNames);
  assert.equal(
    names('layer { name: "a" type: "Scale" param { name: "w" lr_mult: 0 } param { } param { name: "b" } }'),
    [['w', undefined, 'b']],
  );
  assert.equal(names('layers { name: "a" type: CONVOLUTION param: "w" param: "b" }'), [['w', 'b']]);
});

test('blobs of one name are one, wherever they are stored', () => {
  const left = request('left', ['w', 'b']);
  const right = request('right', ['w', 'b']);
  assert.equal(match([left, right], { left: blobs(1, 2, 3) }), [
    [1, 2, 3],
    [1, 2, 3],
  ]);
  assert.equal(match([left, right], { right: blobs(1, 2, 3) }), [
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

test('of several stored blobs the last of the caffemodel counts, as in Caffe', () => {
  const requests = [request('left', ['w']), request('right', ['w'])];
  assert.equal(match(requests, { left: blobs(1, 2, 3), right: blobs(4, 5, 6) }), [
    [4, 5, 3],
    [4, 5, 6],
  ]);
});

test('a layer that is not stored and has a blob of its own is missing', () => {
  const requests = [request('left', ['w']), request('right', ['w'])];
  throws(() => match(requests, { left: blobs(1, 2, 3) }), /missing: "right"/);
});

test.run();
