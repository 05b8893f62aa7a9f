import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BitWidth, CODES } from '../../src/fixed/grid.js';
import { avgPool } from '../../src/fixed/index.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import { type AverageFactors, lowerOverlayAverage, type SumsShape } from '../../src/kernels/overlay-average.js';
import { Random } from '../fixed/random.js';
import { runLowering } from './run.js';

const random = new Random(77);
const sizeOf = ({ blocks, channels, run }: SumsShape): number => blocks * channels * run;

/** Channels first, channels last, one channel, and sizes that are no multiple of the vectors'. */
const shapes: readonly SumsShape[] = [
  { blocks: 1, channels: 5, run: 49 },
  { blocks: 1, channels: 3, run: 1 },
  { blocks: 35, channels: 6, run: 1 },
  { blocks: 2, channels: 3, run: 7 },
  { blocks: 1, channels: 1, run: 130 },
];

/** Sums of few and of many bits, of both signs, with the ends of int32. */
function sumsOf(count: number): Int32Array {
  const ends = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1, -(2 ** 24) - 1];
  return Int32Array.from({ length: count }, (_, i) =>
    i % 5 === 0 ? random.pick(ends) : random.signed(1 + random.whole(30)),
  );
}

function factorsOf(channels: number, scaleBits: number, largestShift: number): AverageFactors {
  return {
    scale: Array.from({ length: channels }, () => random.whole(2 ** scaleBits)),
    postscale: Array.from({ length: channels }, () => random.whole(largestShift + 1)),
  };
}

function check(engine: Engine, shape: SumsShape, factors: AverageFactors, bits: BitWidth): void {
  const sums = sumsOf(sizeOf(shape));
  const [codes] = runLowering(
    engine,
    lowerOverlayAverage(shape, factors, bits),
    [sums],
    [[CODES[bits].array, sums.length]],
  );
  const wanted = Array.from(sums, (sum, i) => {
    const channel = Math.floor(i / shape.run) % shape.channels;
    const of = (list: ArrayLike<number>): number => list[list.length === 1 ? 0 : channel]!;
    return avgPool(sum, of(factors.scale), of(factors.postscale), bits);
  });
  assert.equal(Array.from(codes), wanted, `${engine.kind} ${bits} ${JSON.stringify({ shape, factors })}`);
}

for (const simd of ['wasm', 'twin'] as const) {
  test(`average pooling on ${simd} is avgPool of each window sum`, async () => {
    const engine = await createEngine({ simd });
    for (const shape of shapes) {
      for (const bits of [8, 16] as const) {
        for (let i = 0; i < 20; i++) {
          check(engine, shape, factorsOf(1, 16, 40), bits);
          check(engine, shape, factorsOf(shape.channels, 8, 8), bits);
          check(engine, shape, factorsOf(shape.channels, 16, 40), bits);
        }
        check(
          engine,
          shape,
          { scale: new Array(shape.channels).fill(21400), postscale: new Array(shape.channels).fill(20) },
          bits,
        );
        check(engine, shape, { scale: [1], postscale: [-3] }, bits);
      }
    }
  });
}

test('an average is the sum times a factor, shifted: 21400 / 2^20 for a window of 7 x 7', async () => {
  const lowering = lowerOverlayAverage({ blocks: 1, channels: 1, run: 5 }, { scale: [21400], postscale: [20] }, 8);
  const [codes] = runLowering(
    await createEngine(),
    lowering,
    [Int32Array.of(49, 98, -49, 6272, -100000)],
    [[Int8Array, 5]],
  );
  assert.equal(Array.from(codes), [1, 2, -1, 127, -128]);
});

test.run();
