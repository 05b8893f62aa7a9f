import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import {
  lowerAveragePoolCodes,
  lowerAveragePoolF32,
  lowerMaxPool,
  lowerPoolSums,
  type PoolGeometry,
} from '../../src/kernels/pooling.js';
import { floats, integers } from './random.js';
import { runLowering } from './run.js';

const base: PoolGeometry = {
  channels: 5,
  kernel: [3, 3],
  stride: [2, 2],
  pad: [0, 0],
  input: [13, 13],
  output: [6, 6],
  layout: 'NCHW',
};
const planar: PoolGeometry[] = [
  base,
  { ...base, pad: [1, 1], output: [7, 7] },
  { ...base, stride: [1, 1], pad: [1, 1], output: [13, 13] },
  { ...base, input: [7, 7], kernel: [7, 7], output: [1, 1] },
  { ...base, channels: 17, kernel: [2, 3], stride: [2, 1], pad: [1, 0], input: [9, 40], output: [5, 38] },
  { ...base, kernel: [3, 3], stride: [3, 4], output: [5, 4] },
  { ...base, channels: 1, input: [1, 1], kernel: [1, 1], stride: [1, 1], output: [1, 1] },
];
const geometries = [...planar, ...planar.map((one) => ({ ...one, layout: 'NHWC' as const }))];

/** Values of every window in row-major order, for every output in the layout's own order. */
function windows(geometry: PoolGeometry, input: ArrayLike<number>): { at: number; output: number; values: number[] }[] {
  const {
    channels,
    kernel,
    stride,
    pad,
    input: [height, width],
    output: [rows, columns],
    layout,
  } = geometry;
  const index = (channel: number, pixel: number, pixels: number): number =>
    layout === 'NCHW' ? channel * pixels + pixel : pixel * channels + channel;
  const result = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let output = 0; output < rows * columns; output++) {
      const values: number[] = [];
      for (let k = 0; k < kernel[0] * kernel[1]; k++) {
        const y = Math.floor(output / columns) * stride[0] - pad[0] + Math.floor(k / kernel[1]);
        const x = (output % columns) * stride[1] - pad[1] + (k % kernel[1]);
        if (y >= 0 && y < height && x >= 0 && x < width)
          values.push(input[index(channel, y * width + x, height * width)]!);
      }
      result.push({ at: index(channel, output, rows * columns), output, values });
    }
  }
  return result;
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** round(sum / count), ties to even, in whole numbers. */
function half(total: number, count: number): number {
  const below = Math.floor(total / count);
  const twice = 2 * (total - below * count);
  return twice > count || (twice === count && below % 2 !== 0) ? below + 1 : below + 0;
}

for (const simd of ['wasm', 'twin'] as const) {
  test(`pooling on ${simd} is its definition`, async () => {
    const engine = await createEngine({ simd });
    geometries.forEach((geometry, seed) => {
      const { channels, input, output } = geometry;
      const values = floats(channels * input[0] * input[1], seed);
      const count = channels * output[0] * output[1];
      const counts = Float64Array.from({ length: output[0] * output[1] }, (_, index) => 1 + (index % 9));
      const expect = (
        name: string,
        got: ArrayLike<number>,
        of: ArrayLike<number>,
        want: (values: number[], output: number) => number,
      ): void => {
        for (const { at, output: index, values: window } of windows(geometry, of)) {
          assert.is(
            got[at]! + 0,
            want(window, index) + 0,
            `${name} ${engine.kind} ${JSON.stringify(geometry)} at ${at}`,
          );
        }
      };
      expect(
        'max',
        runLowering(engine, lowerMaxPool(geometry, 'f32'), [values], [[Float32Array, count]])[0],
        values,
        (window) => Math.max(...window),
      );
      expect(
        'average',
        runLowering(engine, lowerAveragePoolF32(geometry, counts), [values], [[Float32Array, count]])[0],
        values,
        (window, index) => Math.fround(sum(window) / counts[index]!),
      );
      for (const bits of [8, 16]) {
        const ctor = bits === 8 ? Int8Array : Int16Array;
        const codes = ctor.from(integers(values.length, seed, 2 ** (bits - 1) - 1));
        expect(
          'max',
          runLowering(engine, lowerMaxPool(geometry, bits === 8 ? 'i8' : 'i16'), [codes], [[ctor, count]])[0],
          codes,
          (window) => Math.max(...window),
        );
        expect(
          'sums',
          runLowering(engine, lowerPoolSums(geometry, bits), [codes], [[Int32Array, count]])[0],
          codes,
          sum,
        );
        const exact = counts.map((_, index) => Math.max(1, windows(geometry, codes)[index]!.values.length));
        expect(
          'average',
          runLowering(engine, lowerAveragePoolCodes(geometry, exact, bits), [codes], [[ctor, count]])[0],
          codes,
          (window, index) => half(sum(window), exact[index]!),
        );
      }
    });
  });
}

test('a window whose sum int32 does not surely hold is refused', () => {
  const large = { ...base, kernel: [256, 256] as const };
  assert.throws(() => lowerPoolSums(large, 16), /fewer than 65536 elements at 16 bits, got 256x256/);
  lowerPoolSums(large, 8);
});

test('the scratch row holds what vectors run over its end by', async () => {
  const engine = await createEngine();
  const geometry = { ...base, kernel: [2, 2], stride: [20, 20], pad: [1, 1], input: [2, 13], output: [1, 1] } as const;
  const lowering = lowerPoolSums(geometry, 8);
  const { heap } = engine;
  const [codes, sums, scratch] = [heap.alloc(128), heap.alloc(64), heap.alloc(lowering.scratch)];
  const guard = heap.alloc(64);
  heap.u8(guard, 64).fill(0xa5);
  lowering.run(engine, { inputs: [codes], outputs: [sums], constants: 0, scratch });
  assert.ok(heap.u8(guard, 64).every((byte) => byte === 0xa5));
});

test.run();
