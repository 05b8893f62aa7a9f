import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/graph/graph.js';
import { calibrate } from '../../src/jobs/calibrate.js';
import { scaleLayers } from '../../src/jobs/scale.js';
import { createEngine } from '../../src/kernels/engine.js';
import { entriesByName } from '../../src/placement/wanted-grids.js';
import { sqnr } from '../../src/verification/compare-activations.js';
import { quantizationParts } from '../../src/verification/quantization-parts.js';
import { noise } from '../cli/fixtures.js';
import { networkOf } from '../placement/networks.js';

const SIZE = 6;
const images = [1, 2].map((seed) => Float32Array.from(noise(4 * SIZE * SIZE, seed)));
const conv = 'convolution_param { num_output: 4 kernel_size: 3 pad: 1 }';
const graph = networkOf(
  [
    ['Convolution', 'data', 'first', conv],
    ['ReLU', 'first', 'relu'],
    ['Deconvolution', 'relu', 'up', 'convolution_param { num_output: 3 kernel_size: 2 stride: 2 }'],
    ['Pooling', 'up', 'pool', 'pooling_param { pool: MAX kernel_size: 2 stride: 2 }'],
  ],
  SIZE,
);

/** What the last value of a network keeps, in dB: weights, activations, both. */
async function partsOf(
  of: Graph,
  feeds: readonly Float32Array[],
  { params = 8, output = 8 }: { params?: 8 | 16; output?: 8 | 16 } = {},
): Promise<[number, number, number]> {
  const widths = { input: output, params, output } as const;
  const options = { widths, overlay: 'v3', threads: 1, calibrator: 'max' } as const;
  const entries = scaleLayers(await calibrate(of, { arrays: [...feeds] }, options), {
    overlay: 'v3',
    multipliers: 'natural',
  });
  const parts = quantizationParts(
    await createEngine(),
    of,
    entriesByName(entries),
    of.outputs,
    feeds.map((feed) => [feed]),
  );
  return [parts.weights, parts.activations, parts.both].map(([sum]) => sqnr(sum!)) as [number, number, number];
}

test('each part costs something, both about as much as their sum', async () => {
  const [weights, activations, both] = await partsOf(graph, images);
  for (const ratio of [weights, activations]) assert.ok(ratio > 25 && ratio < 55, String(ratio));
  const power = (ratio: number): number => 10 ** (-ratio / 10);
  const sum = power(weights) + power(activations);
  assert.ok(power(both) > 0.6 * sum && power(both) < 1.5 * sum, `${weights}, ${activations}, ${both}`);
});

test('16 bits of weights leave the activations to cost, and the other way round', async () => {
  const [weights, activations, both] = await partsOf(graph, images, { params: 16 });
  assert.ok(weights > 70, String(weights));
  assert.ok(Math.abs(both - activations) < 0.5);
  const other = await partsOf(graph, images, { output: 16 });
  assert.ok(other[1] > 70, String(other[1]));
  assert.ok(Math.abs(other[2] - other[0]) < 0.5);
});

test('weights that are on their grid cost nothing, whatever the order that an operator keeps them in', async () => {
  const nodes = graph.nodes.map((node) => {
    const [weights, ...others] = node.params;
    if (weights === undefined) return node;
    // Codes of -127 ... 127, each channel with a largest one in either order.
    const data = weights.data.map((_, i) => (i % 2 === 0 ? 127 : (i % 127) - 60));
    return {
      ...node,
      params: [{ ...weights, data }, ...others.map((bias) => ({ ...bias, data: bias.data.map(() => 0) }))],
    };
  });
  const [weights, activations] = await partsOf({ ...graph, nodes }, images);
  assert.ok(weights > 130, String(weights));
  assert.ok(activations < 60);
});

test.run();
