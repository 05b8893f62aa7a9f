import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lowerConvolutionF32 } from '../../src/kernels/convolution.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import type { Activation } from '../../src/kernels/lowering.js';
import { convolve, geometries, inputIndex, outputIndex } from './definition.js';
import { floats } from './random.js';
import { runLowering } from './run.js';

const activations: (Activation | undefined)[] = [
  undefined,
  { slopes: [0], ceiling: Infinity },
  { slopes: [0], ceiling: 6 },
  { slopes: [Math.fround(0.1)], ceiling: Infinity },
];

/** Float32 sums in ascending k from the definition. */
function expected(
  geometry: ConvolutionGeometry,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array | null,
  activation?: Activation,
): Float32Array {
  const result = new Float32Array(geometry.outChannels * geometry.output[0] * geometry.output[1]);
  convolve(geometry, (channel, pixel, products) => {
    let sum = 0;
    for (const [at, k] of products)
      sum = Math.fround(sum + Math.fround(at === undefined ? 0 : input[at]! * weights[k]!));
    let y = Math.fround(sum + (bias?.[channel] ?? 0));
    const slope = activation?.slopes[channel] ?? activation?.slopes[0] ?? 1;
    if (y < 0) y = slope === 0 ? 0 : Math.fround(y * slope);
    result[outputIndex(geometry, channel, pixel)] = Math.min(y, activation?.ceiling ?? Infinity);
  });
  return result;
}

function check(engine: Engine, geometry: ConvolutionGeometry, seed: number): void {
  const weights = floats(
    (geometry.outChannels * geometry.inChannels * geometry.kernel[0] * geometry.kernel[1]) / geometry.group,
    seed,
  );
  const input = floats(geometry.inChannels * geometry.input[0] * geometry.input[1], seed + 1);
  const bias = seed % 3 === 0 ? null : floats(geometry.outChannels, seed + 2);
  const activation =
    seed % 5 === 4 ? { slopes: [...floats(geometry.outChannels, seed + 3)], ceiling: Infinity } : activations[seed % 5];
  const lowering = lowerConvolutionF32(geometry, weights, bias, activation);
  const got = runLowering(
    engine,
    lowering,
    [input],
    [[Float32Array, geometry.outChannels * geometry.output[0] * geometry.output[1]]],
  )[0]!;
  const want = expected(geometry, input, weights, bias, activation);
  const at = want.findIndex((value, index) => !Object.is(value, got[index]));
  assert.is(
    at,
    -1,
    `${engine.kind} ${JSON.stringify({ ...geometry, bias: bias !== null, activation })}: at ${at} expected ${want[at]}, got ${got[at]}`,
  );
}

for (const simd of ['wasm', 'twin'] as const) {
  test(`float32 convolution on ${simd} is the sum in ascending k, to the bit`, async () => {
    const engine = await createEngine({ simd });
    geometries().forEach((geometry, seed) => check(engine, geometry, seed));
  });
}

test('the input index of a definition covers every element once', () => {
  const geometry = geometries()[0]!;
  const seen = new Set<number>();
  for (let c = 0; c < geometry.inChannels; c++) {
    for (let y = 0; y < geometry.input[0]; y++)
      for (let x = 0; x < geometry.input[1]; x++) seen.add(inputIndex(geometry, c, y, x)!);
  }
  assert.is(seen.size, geometry.inChannels * geometry.input[0] * geometry.input[1]);
});

test.run();
