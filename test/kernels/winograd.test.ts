import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lowerConvolutionF32 } from '../../src/kernels/convolution.js';
import { createEngine } from '../../src/kernels/engine.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import { suitsWinograd } from '../../src/kernels/winograd-plan.js';
import { convolve, geometries, outputIndex } from './definition.js';
import { floats } from './random.js';
import { runLowering } from './run.js';

/** The sum in double and the sum of the products' magnitudes, for every output in its place. */
function exact(
  geometry: ConvolutionGeometry,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
): { sums: Float64Array; sizes: Float64Array } {
  const count = geometry.outChannels * geometry.output[0] * geometry.output[1];
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  convolve(geometry, (channel, pixel, products) => {
    const terms = products.map(([at, k]) => (at === undefined ? 0 : input[at]! * weights[k]!)).concat(bias[channel]!);
    const at = outputIndex(geometry, channel, pixel);
    sums[at] = terms.reduce((sum, term) => sum + term, 0);
    sizes[at] = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  });
  return { sums, sizes };
}

test('transformed float32 convolutions are as close to the exact sum as plain ones, and the same on kernels and twins', async () => {
  const engines = [await createEngine(), await createEngine({ simd: 'twin' })];
  const suited = geometries().filter(suitsWinograd);
  assert.ok(suited.length >= 10);
  suited.forEach((geometry, seed) => {
    const weights = floats((geometry.outChannels * geometry.inChannels * 9) / geometry.group, seed);
    const input = floats(geometry.inChannels * geometry.input[0] * geometry.input[1], seed + 1);
    const bias = floats(geometry.outChannels, seed + 2);
    const { sums, sizes } = exact(geometry, input, weights, bias);
    const lowering = lowerConvolutionF32(geometry, weights, bias, { slopes: [1], ceiling: Infinity }, 'winograd');
    const [got, twin] = engines.map(
      (engine) => runLowering(engine, lowering, [input], [[Float32Array, sums.length]])[0],
    ) as [Float32Array, Float32Array];
    assert.equal(twin, got, JSON.stringify(geometry));
    const far = got.findIndex((value, at) => !(Math.abs(value - sums[at]!) <= 2 ** -20 * sizes[at]!));
    assert.is(far, -1, `${JSON.stringify(geometry)} at ${far}: expected ${sums[far]}, got ${got[far]}`);
  });
});

test('an activation ends a transformed convolution as it ends a plain one', async () => {
  const engine = await createEngine();
  const geometry = geometries().find(suitsWinograd)!;
  const weights = floats(geometry.outChannels * geometry.inChannels * 9, 1);
  const input = floats(geometry.inChannels * geometry.input[0] * geometry.input[1], 2);
  const outputs: [typeof Float32Array, number][] = [
    [Float32Array, geometry.outChannels * geometry.output[0] * geometry.output[1]],
  ];
  const plain = runLowering(
    engine,
    lowerConvolutionF32(geometry, weights, null, undefined, 'winograd'),
    [input],
    outputs,
  )[0] as Float32Array;
  const rectified = runLowering(
    engine,
    lowerConvolutionF32(geometry, weights, null, { slopes: [0], ceiling: 1 }, 'winograd'),
    [input],
    outputs,
  )[0];
  assert.equal(
    rectified,
    plain.map((value) => Math.min(1, value < 0 ? 0 : value)),
  );
});

test.run();
