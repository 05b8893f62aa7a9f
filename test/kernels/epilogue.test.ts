import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BitWidth } from '../../src/fixed/grid.js';
import { accumulateConvolution, type CodeBits } from '../../src/kernels/accumulate.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import { type Epilogue, gridEpilogue, lowerEpilogue, type OutputShape } from '../../src/kernels/epilogue.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import { overlayEpilogue } from '../../src/kernels/overlay-epilogue.js';
import { type OverlayName, overlayOf } from '../../src/scaling/index.js';
import { shared, testShared } from '../support.js';
import { geometries, outputIndex } from './definition.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

type Outputs = Parameters<typeof runLowering>[3];

const shapeOf = (geometry: ConvolutionGeometry): OutputShape => ({
  channels: geometry.outChannels,
  pixels: geometry.output[0] * geometry.output[1],
  layout: geometry.layout,
});

/** Sums, then the epilogue, in two steps and fused: the same. Returns the sums and the outputs. */
function bothWays(
  engine: Engine,
  geometry: ConvolutionGeometry,
  seed: number,
  bits: CodeBits,
  epilogue: Epilogue,
  outputs: Outputs,
): { sums: Float64Array; results: any[] } {
  const { channels, pixels } = epilogue.shape;
  const weights = integers(
    (channels * geometry.inChannels * geometry.kernel[0] * geometry.kernel[1]) / geometry.group,
    seed,
    2 ** (bits.params - 1) - 1,
  );
  const codes = integers(
    geometry.inChannels * geometry.input[0] * geometry.input[1],
    seed + 9,
    2 ** (bits.input - 1) - 1,
  );
  const input = bits.input === 8 ? Int8Array.from(codes) : codes;
  const accumulation = accumulateConvolution(geometry, weights, bits);
  const sums = runLowering(
    engine,
    accumulation.lowering,
    [input],
    [[accumulation.type === 'i32' ? Int32Array : Float64Array, channels * pixels]],
  )[0];
  const results = runLowering(engine, lowerEpilogue(epilogue, accumulation.type), [sums], outputs);
  const fused = runLowering(engine, accumulation.fuse(epilogue), [input], outputs);
  results.forEach((result, index) => assert.equal(fused[index], result, `fused ${JSON.stringify(geometry)}`));
  return { sums: Float64Array.from(sums), results };
}

for (const simd of ['wasm', 'twin'] as const) {
  test(`the walk's grid on ${simd}: values, and codes at once, fused or not`, async () => {
    const engine = await createEngine({ simd });
    geometries().forEach((geometry, seed) => {
      const bits = seed % 3 === 0 ? { input: 16, params: 16 } : { input: 8, params: 8 };
      const shape = shapeOf(geometry);
      const stepParams = floats(shape.channels, seed, 0.01);
      const bias = seed % 2 === 0 ? floats(shape.channels, seed + 1) : null;
      const slope = Math.fround(0.1);
      const end = { stepIn: Math.fround(0.037), stepParams, bias, activation: { slopes: [slope], ceiling: 3 } };
      const count = shape.channels * shape.pixels;
      const { sums, results } = bothWays(engine, geometry, seed, bits, gridEpilogue(shape, end), [
        [Float32Array, count],
      ]);
      const target = { bits: 8, threshold: 2, step: Math.fround(2 / 127) };
      const codes = bothWays(engine, geometry, seed, bits, gridEpilogue(shape, end, target), [[Int8Array, count]])
        .results[0];
      for (let index = 0; index < count; index++) {
        const channel = Math.floor(index / shape.pixels);
        let y = Math.fround(sums[index]! * (Math.fround(0.037) * stepParams[channel]!) + (bias?.[channel] ?? 0));
        if (y < 0) y = Math.fround(y * slope);
        const at = outputIndex(geometry, channel, index % shape.pixels);
        assert.is(results[0][at], Math.min(3, y), `${JSON.stringify(geometry)} at ${at}`);
        const quotient = Math.fround(Math.max(-2, Math.min(2, Math.min(3, y))) / target.step);
        assert.ok(Math.abs(codes[at] - quotient) <= 0.5, `${codes[at]} for ${quotient}`);
      }
    });
  });
}

const rsh = (value: bigint, shift: bigint): bigint => (shift > 0n ? ((value >> (shift - 1n)) + 1n) >> 1n : value);
const clampTo = (value: bigint, bits: number): bigint => {
  const high = 2n ** BigInt(bits - 1) - 1n;
  return value > high ? high : value < -high - 1n ? -high - 1n : value;
};

const stepsOf = (overlay: OverlayName, bits: BitWidth) => overlayOf(overlay).interLayer[bits];

/** `docs/spec/overlay.md` in whole numbers. */
function interLayer(overlay: 'v2' | 'v3', bits: number, [pre, scale, post, bias]: bigint[], acc: bigint): bigint {
  if (overlay === 'v2') return clampTo(clampTo(rsh(clampTo(rsh(acc, pre!), bits) * scale!, post!), bits) + bias!, bits);
  if (bits === 8) return clampTo(rsh((acc + bias!) * scale!, post!), bits);
  return clampTo(rsh(clampTo(rsh(acc + (bias! << 16n), pre!), 24) * scale!, post!), bits);
}

for (const [overlay, bits] of [
  ['v2', 8],
  ['v2', 16],
  ['v3', 8],
  ['v3', 16],
] as const) {
  test(`the overlay's end ${overlay} at ${bits} bits, fused or not, is the definition in whole numbers`, async () => {
    for (const simd of ['wasm', 'twin'] as const) {
      const engine = await createEngine({ simd });
      geometries().forEach((geometry, seed) => checkOverlay(engine, geometry, seed, overlay, bits));
    }
  });
}

function checkOverlay(
  engine: Engine,
  geometry: ConvolutionGeometry,
  seed: number,
  overlay: 'v2' | 'v3',
  bits: 8 | 16,
): void {
  const shape = shapeOf(geometry);
  const random = (count: number, from: number, below: number, offset: number): number[] =>
    Array.from(integers(count, seed + offset, 32767), (value) => from + (Math.abs(value) % below));
  const triples = (offset: number) => ({
    prescale: random(shape.channels, 0, bits === 8 ? 9 : 20, offset),
    scale: random(shape.channels, 1, overlay === 'v2' ? 128 : 32768, offset + 1),
    postscale: random(shape.channels, overlay === 'v2' ? 0 : 12, overlay === 'v2' ? 9 : 12, offset + 2),
    bias: random(shape.channels, -60, 121, offset + 3),
  });
  const [positive, negative] = [triples(20), triples(30)];
  const count = shape.channels * shape.pixels;
  const epilogue = overlayEpilogue(shape, { interLayer: stepsOf(overlay, bits), bitsOut: bits, positive, negative });
  const { sums, results } = bothWays(engine, geometry, seed, { input: bits, params: bits }, epilogue, [
    [bits === 8 ? Int8Array : Int16Array, count],
  ]);
  for (let index = 0; index < count; index++) {
    const channel = Math.floor(index / shape.pixels);
    const of = (set: typeof positive): bigint =>
      interLayer(
        overlay,
        bits,
        [set.prescale, set.scale, set.postscale, set.bias].map((values) => BigInt(values[channel]!)),
        BigInt(sums[index]!),
      );
    const want = of(positive) < 0n ? of(negative) : of(positive);
    const at = outputIndex(geometry, channel, index % shape.pixels);
    assert.is(results[0][at], Number(want), `${engine.kind} ${JSON.stringify(geometry)} at ${at}, sum ${sums[index]}`);
  }
}

test('codes are rescaled, on one triple, as the definition says', async () => {
  for (const simd of ['wasm', 'twin'] as const) {
    const engine = await createEngine({ simd });
    const codes = Int8Array.from({ length: 256 }, (_, index) => index - 128);
    for (const [overlay, scale, postscale] of [
      ['v2', 128, 6],
      ['v2', 200, 8],
      ['v3', 65535, 16],
      ['v3', 32768, 31],
      ['v3', 40000, 40],
      ['v3', 0, 0],
    ] as const) {
      const epilogue = overlayEpilogue(
        { channels: 1, pixels: 256, layout: 'NHWC' },
        {
          interLayer: stepsOf(overlay, 8),
          bitsOut: 8,
          positive: { prescale: [0], scale: [scale], postscale: [postscale] },
        },
      );
      const got = runLowering(engine, lowerEpilogue(epilogue, 'i8'), [codes], [[Int8Array, 256]])[0];
      const want = Array.from(codes, (code) =>
        Number(interLayer(overlay, 8, [0n, BigInt(scale), BigInt(postscale), 0n], BigInt(code))),
      );
      assert.equal(Array.from(got), want, `${engine.kind} ${overlay} ${scale} ${postscale}`);
    }
  }
});

test('clips are counted where the activation does not cut anyway', async () => {
  const engine = await createEngine();
  const shape: OutputShape = { channels: 1, pixels: 6, layout: 'NCHW' };
  const one = { prescale: [0], scale: [1], postscale: [0] };
  const count = (end: object, sums: number[]): number[] => {
    const epilogue = overlayEpilogue(shape, { interLayer: stepsOf('v3', 8), bitsOut: 8, positive: one, ...end });
    const { heap } = engine;
    const [constants, from, codes, counters] = [
      heap.alloc(epilogue.constants),
      heap.alloc(24),
      heap.alloc(6),
      heap.alloc(16),
    ];
    epilogue.prepare(engine, constants);
    heap.i32(from, 6).set(sums);
    heap.i32(counters, 4).fill(0);
    lowerEpilogue(epilogue, 'i32').run(engine, { inputs: [from], outputs: [codes, counters], constants, scratch: 0 });
    return Array.from(heap.i32(counters, 4));
  };
  const sums = [-129, -128, 127, 128, 8388608, -8388609];
  assert.equal(count({}, sums), [0, 4, 2, 1]);
  assert.equal(count({ floor: 0 }, sums), [0, 2, 2, 1]);
  assert.equal(count({ ceiling: 100 }, sums), [0, 2, 2, 1]);
  assert.equal(count({ interLayer: stepsOf('v2', 8) }, sums), [4, 0, 2, 1]);
  assert.equal(count({ interLayer: stepsOf('v2', 8), positive: { ...one, bias: [1] } }, sums), [4, 3, 2, 1]);
});

for (const overlay of ['v2', 'v3'] as const) {
  test(`the 8-bit kernels of ${overlay} and the general ones count the same, channel by channel`, async () => {
    for (const simd of ['wasm', 'twin'] as const) {
      const engine = await createEngine({ simd });
      for (const [seed, layout] of (['NCHW', 'NHWC'] as const).entries()) {
        const shape: OutputShape = { channels: 5, pixels: 21, layout };
        for (const activation of [{}, { floor: 0 }, { floor: 0, ceiling: 90 }, { ceiling: 100 }]) {
          for (const leaky of [false, true]) checkCounts(engine, { overlay, shape, seed, activation, leaky });
        }
      }
    }
  });
}

interface CountedCase {
  readonly overlay: 'v2' | 'v3';
  readonly shape: OutputShape;
  readonly seed: number;
  readonly activation: { readonly floor?: number; readonly ceiling?: number };
  readonly leaky: boolean;
}

/** Float64 sums go through the general kernels, int32 sums through those of 8 bits. The last channel is dead. */
function checkCounts(engine: Engine, { overlay, shape, seed, activation, leaky }: CountedCase): void {
  const sums = Int32Array.from(integers(105, seed, 32767), (sum, i) => (i >= 84 ? 0 : sum * [1, 64, 2047][i % 3]!));
  sums.set([2147483647, -2147483648, 8388607, 8388608, -8388608, -8388609]);
  const set = (last: number) => ({
    prescale: [0, 24, 16, 20, 0],
    scale: [255, 255, 3, 200, last],
    postscale: overlay === 'v2' ? [8, 0, 1, 7, 8] : [33, 30, 16, 20, 8],
    bias: [5, -127, 127, 0, 0],
  });
  const end = { interLayer: stepsOf(overlay, 8), bitsOut: 8, positive: set(1), ...activation } as const;
  const epilogue = overlayEpilogue(shape, leaky ? { ...end, negative: { ...set(7), scale: [9, 80, 1, 1, 7] } } : end);
  const results = ([Int32Array, Float64Array] as const).map((type) => {
    const lowering = lowerEpilogue(epilogue, type === Int32Array ? 'i32' : 'f64');
    return runLowering(
      engine,
      lowering,
      [type.from(sums)],
      [
        [Int8Array, 105],
        [Int32Array, 20],
      ],
    ).map((data) => [...data]);
  });
  assert.equal(results[0], results[1], JSON.stringify({ kind: engine.kind, overlay, shape, activation, leaky }));
  // Counters begin at -1 here, as every output of a lowering under test.
  const [, counts = []] = results[0]!;
  const beyond = [...sums.subarray(0, 21)].filter((sum) => sum < -(2 ** 23) || sum >= 2 ** 23).length;
  assert.is(counts[2], beyond - 1, 'the sums beyond 24 bits');
  assert.equal([counts[15], counts[19]], [1, -1], 'a channel that is alive, and a dead one');
}

interface Call {
  readonly prescale_shift: number;
  readonly scale: number;
  readonly postscale_shift: number;
  readonly bitwidth: BitWidth;
  readonly bias?: number;
  readonly acc: number[];
  readonly y: number[];
}

for (const overlay of ['v2', 'v3'] as const) {
  testShared(`recorded calls of interLayer${overlay.toUpperCase()} come out the same`, async () => {
    const engine = await createEngine();
    const calls = JSON.parse(readFileSync(`${shared}golden/overlay.json`, 'utf8'))[
      `interLayer${overlay.toUpperCase()}`
    ] as Call[];
    for (const { prescale_shift, scale, postscale_shift, bitwidth, bias = 0, acc, y } of calls) {
      const positive = { prescale: [prescale_shift], scale: [scale], postscale: [postscale_shift], bias: [bias] };
      const epilogue = overlayEpilogue(
        { channels: 1, pixels: acc.length, layout: 'NCHW' },
        { interLayer: stepsOf(overlay, bitwidth), bitsOut: bitwidth, positive },
      );
      const output = bitwidth === 8 ? Int8Array : Int16Array;
      const codes = runLowering(
        engine,
        lowerEpilogue(epilogue, 'f64'),
        [Float64Array.from(acc)],
        [[output, acc.length]],
      )[0];
      const narrow = acc.every((sum) => Math.abs(sum) < 2 ** 31);
      if (narrow)
        assert.equal(
          runLowering(engine, lowerEpilogue(epilogue, 'i32'), [Int32Array.from(acc)], [[output, acc.length]])[0],
          codes,
        );
      assert.equal(
        Array.from(codes),
        y,
        JSON.stringify({ overlay, prescale_shift, scale, postscale_shift, bitwidth, bias }),
      );
    }
  });
}

testShared('recorded calls of avgPool and quantizeTensor come out the same', async () => {
  const { heap, kernels } = await createEngine();
  const golden = JSON.parse(readFileSync(`${shared}golden/overlay.json`, 'utf8'));
  const [from, to] = [heap.alloc(1024), heap.alloc(1024)];
  for (const { sum, scale, shift, bitwidth, y } of golden.avgPool) {
    if (Math.abs(sum) >= 2 ** 31) continue;
    const high = 2 ** (bitwidth - 1) - 1;
    heap.i32(from, 1)[0] = sum;
    kernels[bitwidth === 8 ? 'overlay_average_i8' : 'overlay_average_i16'](
      from,
      to,
      1,
      scale,
      2 ** -shift,
      -high - 1,
      high,
    );
    assert.is(
      (bitwidth === 8 ? heap.i8(to, 1) : heap.i16(to, 1))[0],
      y,
      JSON.stringify({ sum, scale, shift, bitwidth }),
    );
  }
  for (const { threshold, bitwidth, x, y } of golden.quantizeTensor) {
    const factor = Math.fround((2 ** (bitwidth - 1) - 1) / threshold);
    heap.f32(from, x.length).set(x);
    kernels[bitwidth === 8 ? 'quantize_tensor_i8' : 'quantize_tensor_i16'](from, to, x.length, threshold, factor);
    assert.equal(
      Array.from(bitwidth === 8 ? heap.i8(to, x.length) : heap.i16(to, x.length)),
      y,
      JSON.stringify({ threshold, bitwidth }),
    );
  }
});

test.run();
