import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulateConvolution } from '../../src/kernels/accumulate.js';
import { lowerConvolutionF32 } from '../../src/kernels/convolution.js';
import { createEngine } from '../../src/kernels/engine.js';
import type { ConvolutionGeometry } from '../../src/kernels/geometry.js';
import { type Lowering, withoutLargeConstants } from '../../src/kernels/lowering.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

/** 3 x 3 taps with as many channels as the last layers of VGG-16 have, or with others. */
function wide(size: number, channels = 512): ConvolutionGeometry {
  return {
    inChannels: channels,
    outChannels: channels,
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

for (const [size, channels] of [
  [14, 512],
  [46, 192],
] as const)
  test(`weights of ${channels} channels that are transformed quickly for ${size} x ${size} pixels are not kept, and give the same sums`, async () => {
    const engine = await createEngine();
    const geometry = wide(size, channels);
    const weights = channels ** 2 * 9;
    const codes = Int8Array.from(integers(weights, 1, 127));
    const count = channels * size ** 2;
    const input = floats(count, 2);
    const lowerings: [Lowering, Float32Array | Int8Array, typeof Float32Array | typeof Int32Array][] = [
      [
        lowerConvolutionF32(geometry, floats(weights, 3), floats(channels, 4), undefined, 'winograd'),
        input,
        Float32Array,
      ],
      [
        accumulateConvolution(geometry, codes, { input: 8, params: 8 }).lowering,
        Int8Array.from(input, (x) => 100 * x),
        Int32Array,
      ],
    ];
    for (const [kept, given, type] of lowerings) {
      const light = withoutLargeConstants(kept);
      assert.is(light.constants, 0);
      assert.is(light.scratch, kept.scratch + kept.constants);
      const [expected, found] = [kept, light].map((each) => runLowering(engine, each, [given], [[type, count]]));
      assert.equal(found, expected);
    }
  });

test('small constants, and those that take as long as a run, are kept', () => {
  const slow = lowerConvolutionF32(wide(7), floats(WEIGHTS, 1), null, undefined, 'winograd');
  const direct = lowerConvolutionF32(wide(14), floats(WEIGHTS, 1), null);
  const fewer = lowerConvolutionF32(wide(28, 192), floats(192 ** 2 * 9, 1), null, undefined, 'winograd');
  const small = { ...slow, constants: 1024, preparedFrom: 2048 };
  for (const lowering of [slow, direct, fewer, small]) assert.is(withoutLargeConstants(lowering), lowering);
});

test.run();
