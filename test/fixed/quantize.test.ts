import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  quantizeBias,
  quantizeBiasV3,
  quantizeTensor,
  quantizeWeights,
  unquantizeTensor,
} from '../../src/fixed/index.js';
import { float32, fraction, nearest, over, times } from './fraction.js';
import { Random } from './random.js';

const largest = (bw: number): number => (bw === 8 ? 127 : 32767);
const clip = (x: number, limit: number): number => Math.max(-limit, Math.min(limit, x));

/** `clip(x, -th, th) * (m / th)`, each operation rounded once from the exact fraction. */
const scaled = (th: number, bw: number, x: number): number =>
  float32(times(clip(x, th), float32(over(largest(bw), th))));

test('codes equal their definitions in exact fractions', () => {
  const random = new Random(3);
  for (let i = 0; i < 5000; i++) {
    const bw = random.pick([8, 16]);
    const th = Math.abs(random.float(-24, 24));
    const half = Math.fround(((random.signed(bw - 1) + 0.5) * th) / largest(bw));
    const x = random.pick([random.float(-30, 26), half, th, -th, 2 * th, 0]);
    const exact = fraction(scaled(th, bw, x));
    const what = `(${th}, ${bw}, ${x})`;
    assert.is(quantizeTensor(th, bw, x), Number(exact.top / exact.bottom), `quantizeTensor${what}`);
    assert.is(quantizeWeights(th, bw, x), Number(nearest(exact, 'away')), `quantizeWeights${what}`);
    assert.is(quantizeBias(th, bw, x), quantizeWeights(th, bw, x), `quantizeBias${what}`);
  }
});

test('values of codes equal their definition in exact fractions', () => {
  const random = new Random(4);
  for (let i = 0; i < 5000; i++) {
    const bw = random.pick([8, 16]);
    const th = Math.abs(random.float(-24, 24));
    const q = random.whole(2 ** bw) - 2 ** (bw - 1);
    assert.is(unquantizeTensor(th, bw, q), float32(times(float32(over(q, largest(bw))), th)), `(${th}, ${bw}, ${q})`);
  }
});

test('biases in accumulator units equal their definition in exact fractions', () => {
  const random = new Random(5);
  for (let i = 0; i < 5000; i++) {
    const [bw, bwParams] = [random.pick([8, 16]), random.pick([8, 16])];
    const [thIn, thParam] = [Math.abs(random.float(-10, 10)), Math.abs(random.float(-14, 4))];
    const unit = float32(times(float32(over(thParam, largest(bwParams))), float32(over(thIn, largest(bw)))));
    const limit = float32(times(bw === 8 ? 8388607 : 2 ** 47, unit));
    const x = random.pick([random.float(-20, 20), limit, -2 * limit, Math.fround((random.signed(20) + 0.5) * unit), 0]);
    const code = nearest(fraction(float32(over(clip(x, limit), unit))), 'away');
    const expected = bw === 8 ? code : nearest({ top: code, bottom: 65536n }, 'away');
    assert.is(
      quantizeBiasV3(thIn, thParam, bw, x, bwParams),
      Number(expected),
      `(${thIn}, ${thParam}, ${bw}, ${x}, ${bwParams})`,
    );
  }
});

test('the network input rounds towards zero, weights to nearest', () => {
  assert.equal(
    [0.99, -0.99, 1, -1, 1.5].map((x) => quantizeTensor(127, 8, x)),
    [0, 0, 1, -1, 1],
  );
  assert.equal(
    [0.49, 0.5, -0.5, 1.5, 2.5, 500, -500].map((x) => quantizeWeights(127, 8, x)),
    [0, 1, -1, 2, 3, 127, -127],
  );
  assert.equal(
    [Infinity, -Infinity].map((x) => quantizeWeights(1, 16, x)),
    [32767, -32767],
  );
});

test('8388608 can come out of an 8-bit bias, 2^31 out of a 16-bit one', () => {
  const found = new Set<number>();
  for (let i = 1; i < 200; i++) found.add(quantizeBiasV3(1, i / 100, 8, 1e30));
  assert.equal([...found].sort(), [8388607, 8388608]);
  assert.is(quantizeBiasV3(1, 1, 16, 1e30), 2 ** 31);
});

test('thresholds of zero, denormal ones and those without a float32 factor give codes of 0', () => {
  for (const th of [0, 5e-324, 1e-40, 2 ** -127]) {
    for (const bw of [8, 16]) {
      for (const f of [quantizeTensor, quantizeWeights, quantizeBias, unquantizeTensor])
        assert.ok(Object.is(f(th, bw, -3), 0), `${f.name}(${th})`);
      assert.is(quantizeBiasV3(1, th, bw, 3), 0);
      assert.is(quantizeBiasV3(th, 1, bw, 3), 0);
    }
  }
  assert.is(quantizeWeights(1e-37, 8, 1), 0);
  assert.is(quantizeWeights(1e-36, 8, 1), 127);
});

test('wrong arguments are errors that name the function', () => {
  assert.throws(() => quantizeTensor(1, 7, 0), /quantizeTensor: expected a bit width of 8 or 16, got 7/);
  for (const th of [-1, NaN, Infinity, 1e39])
    assert.throws(() => quantizeWeights(th, 8, 0), /quantizeWeights: expected a finite threshold of at least 0/);
  assert.throws(() => quantizeBias(1, 8, NaN), /quantizeBias: expected a number, got NaN/);
  assert.throws(() => quantizeBiasV3(1, 1, 8, 0, 9), /quantizeBiasV3: expected a bit width/);
  assert.throws(() => unquantizeTensor(1, 8, 0.5), /unquantizeTensor: expected the code to be a whole number/);
});

test.run();
