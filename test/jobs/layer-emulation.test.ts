import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  decompose,
  limitsOf,
  loadCaffe,
  openLayers,
  optimise,
  overlay,
  type ScalingEntry,
  type TypedArray,
  type XfdnnError,
} from '../../src/index.js';
import { caffemodel, type LayerWeights } from '../cli/fixtures.js';

const input = (name: string, channels: number): string =>
  `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: [1, ${channels}, 2, 2] } } }\n`;

/** An entry of 8 bits with thresholds of 1: a code of 127 stands for 1. */
const entry = (name: string, others: Partial<ScalingEntry>): ScalingEntry => ({
  ...{
    name,
    bw_layer_in: 8,
    bw_layer_out: 8,
    th_layer_in: 1,
    th_layer_out: 1,
    sf_layer_in: 1 / 127,
    sf_layer_out: 1 / 127,
  },
  ...{ prescale_shift: [0], scale: [1], postscale_shift: [0] },
  ...others,
});

const weightedParts = { bw_params: 8, th_params: [1], sf_params: [1 / 127] };

/** The results of a layer of a network, as lists by blob. */
async function emulated(
  network: { prototxt: string; weights?: readonly LayerWeights[] },
  entries: readonly ScalingEntry[],
  layer: string,
  inputs: readonly TypedArray[],
): Promise<Record<string, number[]>> {
  const prototxt = new TextEncoder().encode(network.prototxt);
  const { graph } = optimise(
    loadCaffe({ prototxt, ...(network.weights === undefined ? {} : { weights: caffemodel(network.weights) }) }),
  );
  const layers = await openLayers(graph, entries, { overlay: 'v2' });
  const results = layers.run(layer, inputs);
  layers.free();
  return Object.fromEntries(results.map(({ blob, tensor }) => [blob, [...tensor.data]]));
}

const codes = Int8Array.of(100, -100, 127, -128);
/** Weights of 64, a bias of 10, and the multiplier 1 / 128. */
const weights = [
  {
    name: 'conv',
    blobs: [
      { shape: [1, 1, 1, 1], values: [64 / 127] },
      { shape: [1], values: [10 / 127] },
    ],
  },
];
const conv = `${input('data', 1)}layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 1 kernel_size: 1 } }\n`;
const convEntry = entry('conv', { ...weightedParts, prescale_shift: [6], scale: [64], postscale_shift: [7] });

test('a weighted layer: products, the triple, the bias', async () => {
  const expected = [...codes].map((code) => overlay.interLayerV2(6, 64, 7, 8, 64 * code) + 10);
  assert.equal(expected, [60, -40, 74, -54]);
  assert.equal((await emulated({ prototxt: conv, weights }, [convEntry], 'conv', [codes]))['conv'], expected);
});

test('a leaky activation: sums below 0 with the multiplier times the slope', async () => {
  const prototxt = `${conv}layer { name: "leaky" type: "ReLU" bottom: "conv" top: "leaky" relu_param { negative_slope: 0.5 } }\n`;
  const { leaky } = await emulated({ prototxt, weights }, [convEntry], 'conv', [codes]);
  const slope = decompose(Math.fround(0.5 * Math.fround(1 / 127)), limitsOf('Convolution', 8, 'v2'));
  const { prescale_shift: pre, scale, postscale_shift: post } = slope;
  const below = (code: number): number =>
    overlay.interLayerV2(pre, scale, post, 8, 64 * code) + overlay.quantizeBias(1, 8, 5 / 127);
  assert.equal(leaky, [60, below(-100), 74, below(-128)]);
  assert.equal(leaky, [60, -20, 74, -27]);
});

test('an Eltwise: the sum of codes through the triple', async () => {
  const prototxt = `${input('a', 1)}${input('b', 1)}layer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" }\n`;
  const half = entry('sum', { scale: [64], postscale_shift: [7] });
  const { sum } = await emulated({ prototxt }, [half], 'sum', [codes, Int8Array.of(1, 20, 127, -128)]);
  assert.equal(sum, [51, -40, 64, -64]);
});

const pool = (operation: string): string =>
  `${conv}layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: ${operation} kernel_size: 2 } }\n`;

test('a max pooling: the largest code', async () => {
  assert.equal((await emulated({ prototxt: pool('MAX'), weights }, [convEntry], 'pool', [codes]))['pool'], [127]);
});

test('an average pooling: the sum of the window times 1 / 4', async () => {
  const all = Int8Array.of(100, -60, 127, 33);
  assert.equal((await emulated({ prototxt: pool('AVE'), weights }, [convEntry], 'pool', [all]))['pool'], [50]);
});

test('entries of another overlay and scales that the overlay does not hold are refused', async () => {
  const { graph } = optimise(loadCaffe({ prototxt: new TextEncoder().encode(conv), weights: caffemodel(weights) }));
  const message = (others: Partial<ScalingEntry>, asked: 'v2' | 'v3'): Promise<string> =>
    openLayers(graph, [{ ...convEntry, ...others }], { overlay: asked }).then(
      () => '',
      (error: Error) => error.message,
    );
  const v2 = decompose(1 / 127, limitsOf('Convolution', 8, 'v2'));
  const own = { prescale_shift: [v2.prescale_shift], scale: [v2.scale], postscale_shift: [v2.postscale_shift] };
  assert.is(await message(own, 'v2'), '');
  assert.match(await message(own, 'v3'), /entries is a file for overlay v2, got v3\./);
  assert.match(await message({ scale: [300] }, 'v3'), /^$/);
  assert.match(
    await message({ ...own, scale: [70000] }, 'v3'),
    /^entries: entry "conv": scale\[0\]: expected 0 to 65535, /,
  );
});

test('a layer that is computed with another, and every call after free', async () => {
  const prototxt = `${conv}layer { name: "leaky" type: "ReLU" bottom: "conv" top: "leaky" relu_param { negative_slope: 0.5 } }\n`;
  const { graph } = optimise(loadCaffe({ prototxt: new TextEncoder().encode(prototxt), weights: caffemodel(weights) }));
  const layers = await openLayers(graph, [convEntry]);
  assert.throws(
    () => layers.run('leaky', [codes]),
    /^layer "leaky": expected a layer of its own, got one that is computed with "conv"\. Run "conv"\./,
  );
  layers.free();
  layers.free();
  for (const call of [() => layers.run('conv', [codes]), () => layers.inputsOf('conv')])
    assert.throws(call, (error: XfdnnError) => error.code === 'usage' && /got one after free\(\)/.test(error.message));
});

test('what is refused', async () => {
  const { graph } = optimise(loadCaffe({ prototxt: new TextEncoder().encode(conv), weights: caffemodel(weights) }));
  const layers = await openLayers(graph, [convEntry]);
  assert.equal(
    layers.inputsOf('conv').map(({ blob, shape }) => [blob, shape]),
    [['data', [1, 1, 2, 2]]],
  );
  assert.throws(
    () => layers.run('cnov', [codes]),
    /^layer: expected names of layers, got "cnov", which matches none\./,
  );
  assert.throws(() => layers.run('conv', []), /^layer "conv": expected 1 inputs, got 0\./);
  assert.throws(() => layers.run('conv', [Float32Array.of(1)]), /expected "data" as Int8Array, got Float32Array\./);
  assert.throws(() => layers.run('conv', [Int8Array.of(1)]), /expected 4 elements of "data", got 1\./);
});

test.run();
