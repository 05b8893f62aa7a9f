import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulateConvolution, lowerAccumulateF64, lowerAccumulateI32 } from '../../src/kernels/accumulate.js';
import { boundCodes } from '../../src/kernels/codes.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import type { Lowering } from '../../src/kernels/lowering.js';
import { convolve, geometries } from './definition.js';
import { integers } from './random.js';
import { runLowering } from './run.js';

const outputs = (geometry: ConvolutionGeometry): number =>
  geometry.outChannels * geometry.output[0] * geometry.output[1];
const weightCount = (geometry: ConvolutionGeometry): number =>
  (geometry.outChannels * geometry.inChannels * geometry.kernel[0] * geometry.kernel[1]) / geometry.group;

/** Exact sums by the definition; every one is below 2^53. */
function expected(geometry: ConvolutionGeometry, input: Int8Array | Int16Array, weights: Int16Array): Float64Array {
  const result = new Float64Array(outputs(geometry));
  convolve(geometry, (channel, pixel, products) => {
    const sum = products.reduce((total, [at, k]) => total + (at === undefined ? 0 : input[at]! * weights[k]!), 0);
    result[channel * geometry.output[0] * geometry.output[1] + pixel] = sum + 0;
  });
  return result;
}

function compare(
  engine: Engine,
  geometry: ConvolutionGeometry,
  lowering: Lowering,
  type: 'i32' | 'f64',
  input: Int8Array | Int16Array,
  weights: Int16Array,
): void {
  const ctor = type === 'i32' ? Int32Array : Float64Array;
  const got = runLowering(engine, lowering, [input], [[ctor, outputs(geometry)]])[0]!;
  const want = expected(geometry, input, weights);
  const at = want.findIndex((value, index) => value !== got[index]);
  assert.is(
    at,
    -1,
    `${engine.kind} ${type} ${JSON.stringify(geometry)}: at ${at} expected ${want[at]}, got ${got[at]}`,
  );
}

for (const simd of ['wasm', 'twin'] as const) {
  test(`sums of 8-bit codes on ${simd} are exact in int32`, async () => {
    const engine = await createEngine({ simd });
    geometries().forEach((geometry, seed) => {
      const input = Int8Array.from(integers(geometry.inChannels * geometry.input[0] * geometry.input[1], seed, 128));
      const weights = integers(weightCount(geometry), seed + 50, 127);
      compare(engine, geometry, lowerAccumulateI32(geometry, weights), 'i32', input, weights);
    });
  });

  test(`sums of 16-bit and mixed codes on ${simd} are exact in float64`, async () => {
    const engine = await createEngine({ simd });
    geometries().forEach((geometry, seed) => {
      const bits = [
        { input: 16, params: 16 },
        { input: 8, params: 16 },
        { input: 16, params: 8 },
      ][seed % 3]!;
      const codes = integers(
        geometry.inChannels * geometry.input[0] * geometry.input[1],
        seed,
        bits.input === 8 ? 127 : 32767,
      );
      const weights = integers(weightCount(geometry), seed + 50, bits.params === 8 ? 127 : 32767);
      const input = bits.input === 8 ? Int8Array.from(codes) : codes;
      compare(engine, geometry, lowerAccumulateF64(geometry, weights, bits), 'f64', input, weights);
      const chosen = accumulateConvolution(geometry, weights, bits);
      compare(engine, geometry, chosen.lowering, chosen.type, input, weights);
    });
  });
}

test('sums of the largest codes of long rows stay exact', async () => {
  const engine = await createEngine();
  const geometry: ConvolutionGeometry = {
    inChannels: 1101,
    outChannels: 5,
    group: 1,
    kernel: [3, 3],
    stride: [1, 1],
    pad: [0, 0, 0, 0],
    dilation: [1, 1],
    input: [5, 5],
    output: [3, 3],
    layout: 'NCHW',
  };
  for (const [inputCode, weightCode] of [
    [-32768, 32767],
    [-32768, -32767],
    [32767, -32641],
    [-32768, 127],
    [-128, 32767],
    [-32768, -128],
  ] as const) {
    const bits = { input: Math.abs(inputCode) > 128 ? 16 : 8, params: Math.abs(weightCode) > 128 ? 16 : 8 };
    const codes = new (bits.input === 8 ? Int8Array : Int16Array)(1101 * 25).fill(inputCode);
    const weights = new Int16Array(weightCount(geometry)).fill(weightCode);
    compare(engine, geometry, lowerAccumulateF64(geometry, weights, bits), 'f64', codes, weights);
  }
});

test("a transform's whole numbers stay exact with the largest codes, just below and above its limits", async () => {
  for (const simd of ['wasm', 'twin'] as const) {
    const engine = await createEngine({ simd });
    for (const [inChannels, output] of [
      [8, [12, 13]],
      [228, [12, 12]],
      [232, [12, 12]],
      [229, [3, 5]],
    ] as const) {
      const geometry: ConvolutionGeometry = {
        inChannels,
        outChannels: 8,
        group: 1,
        kernel: [3, 3],
        stride: [1, 1],
        pad: [1, 1, 1, 1],
        dilation: [1, 1],
        input: output,
        output,
        layout: 'NCHW',
      };
      const signs = integers(weightCount(geometry), inChannels, 1);
      const weights = Int16Array.from(signs, (sign, k) => (k % 3 === 0 ? 127 : sign < 0 ? -128 : 127));
      const input = new Int8Array(inChannels * output[0] * output[1]).map((_, index) => (index % 7 === 0 ? 127 : -128));
      compare(engine, geometry, lowerAccumulateI32(geometry, weights), 'i32', input, weights);
    }
  }
});

test('the bound of the sums is the largest row of |weights| times the largest input', () => {
  const small = boundCodes(Int8Array.of(1, -2, 127, 127), 2, 8);
  assert.equal(
    [254 * 128, 254 * 128 + 1].map((limit) => small.sumsBelow(limit, 8)),
    [false, true],
  );
  assert.equal(
    [127, 128].map((limit) => small.codesBelow(limit)),
    [false, true],
  );
  const large = boundCodes(Int16Array.of(-32767, 0, 1, 1), 2);
  assert.equal(
    [32767 * 32768, 32767 * 32768 + 1].map((limit) => large.sumsBelow(limit, 16)),
    [false, true],
  );
  assert.equal(
    [32767, 32768].map((limit) => large.codesBelow(limit)),
    [false, true],
  );
});

test.run();
