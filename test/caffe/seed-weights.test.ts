import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blankBlobs, seedBlobs } from '../../src/caffe/seed-weights.js';
import type { ParamSpec } from '../../src/ops/op.js';

const specs: readonly ParamSpec[] = [
  { role: 'weights', shape: [20, 1, 5, 5], seed: { he: 25 } },
  { role: 'bias', shape: [20], seed: 0 },
];

test('seeded weights: He variance, bounded, the same each time, different by seed, layer and index', () => {
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

test('placeholders hold their constants', () => {
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
