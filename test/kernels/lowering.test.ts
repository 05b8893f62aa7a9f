import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulateConvolution } from '../../src/kernels/accumulate.js';
import { lowerConvolutionF32 } from '../../src/kernels/convolution.js';
import { createEngine } from '../../src/kernels/engine.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import { type Lowering, withoutLargeConstants } from '../../src/kernels/lowering.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

/** 3 x 3 taps with as many channels as the last layers of VGG-16 have. */
function wide(size: number): ConvolutionGeometry {
  return {
    inChannels: 512,
    outChannels: 512,
    input: [size, size],
    output: [size, size],
    kernel: [3, 3],
    stride: [1, 1],
    pad: [1, 1, 1, 1],
    dilation: [1, 1],
    group: 1,
    layout: 'NCHW',
  };
}

const WEIGHTS = 512 * 512 * 9;

test('large transformed weights are not kept where they are transformed quickly, and give the same sums', async () => {
  const engine = await createEngine();
  const codes = Int8Array.from(integers(WEIGHTS, 1, 127));
  const input = floats(512 * 14 * 14, 2);
  const lowerings: [Lowering, Float32Array | Int8Array, typeof Float32Array | typeof Int32Array][] = [
    [lowerConvolutionF32(wide(14), floats(WEIGHTS, 3), floats(512, 4), undefined, 'winograd'), input, Float32Array],
    [
      accumulateConvolution(wide(14), codes, { input: 8, params: 8 }).lowering,
      Int8Array.from(input, (x) => 100 * x),
      Int32Array,
    ],
  ];
  for (const [kept, given, type] of lowerings) {
    const light = withoutLargeConstants(kept);
    assert.is(light.constants, 0);
    assert.is(light.scratch, kept.scratch + kept.constants);
    const [expected, found] = [kept, light].map((each) => runLowering(engine, each, [given], [[type, 512 * 14 * 14]]));
    assert.equal(found, expected);
  }
});

test('small constants, and those that take as long as a run, are kept', () => {
  const slow = lowerConvolutionF32(wide(7), floats(WEIGHTS, 1), null, undefined, 'winograd');
  const direct = lowerConvolutionF32(wide(14), floats(WEIGHTS, 1), null);
  const small = { ...slow, constants: 1024, isQuicklyPrepared: true };
  for (const lowering of [slow, direct, small]) assert.is(withoutLargeConstants(lowering), lowering);
});

test.run();
