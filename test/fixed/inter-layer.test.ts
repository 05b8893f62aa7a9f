import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { avgPool, interLayerV2, interLayerV3 } from '../../src/fixed/index.js';
import { float32, fraction, times } from './fraction.js';
import { Random } from './random.js';

const shifted = (v: bigint, by: number): bigint => (by > 0 ? ((v >> BigInt(by - 1)) + 1n) >> 1n : v);
const limited = (v: bigint, lo: bigint, hi: bigint): bigint => (v < lo ? lo : v > hi ? hi : v);
const toCode = (v: bigint, bw: number): bigint => limited(v, -(1n << BigInt(bw - 1)), (1n << BigInt(bw - 1)) - 1n);

const v2 = (pre: number, scale: number, post: number, bw: number, acc: number): bigint =>
  toCode(shifted(toCode(shifted(BigInt(acc), pre), bw) * BigInt(scale), post), bw);

function v3(pre: number, scale: number, post: number, bw: number, acc: number, bias: number): bigint {
  const sum = BigInt(acc) + (bw === 8 ? BigInt(bias) : BigInt(bias) << 16n);
  const between = bw === 8 ? sum : limited(shifted(sum, pre), -8388608n, 8388607n);
  return toCode(shifted(between * BigInt(scale), post), bw);
}

const extremes = [0, 1, 127, 128, 32767, 32768, 8388607, 8388608, 2 ** 31, 2 ** 46].flatMap((size) => [size, -size]);

test('v2 equals its definition on 64-bit integers', () => {
  const random = new Random(6);
  for (let i = 0; i < 20000; i++) {
    const bw = random.pick([8, 16]);
    const [pre, post] = [random.whole(42) - 1, random.whole(20) - 1];
    const scale = random.whole(bw === 8 ? 257 : 65536);
    const acc = random.pick([random.signed(52), random.signed(26), random.pick(extremes)]);
    assert.is(
      BigInt(interLayerV2(pre, scale, post, bw, acc)),
      v2(pre, scale, post, bw, acc),
      `(${[pre, scale, post, bw, acc].join(', ')})`,
    );
  }
});

test('v3 equals its definition on 64-bit integers, or reports a product from 2^53 on', () => {
  const random = new Random(7);
  let refused = 0;
  for (let i = 0; i < 20000; i++) {
    const bw = random.pick([8, 16]);
    const [pre, post] = [random.whole(34) - 1, random.whole(44) - 1];
    const scale = random.whole(65536);
    const bias = random.signed(bw === 8 ? 23 : 31);
    const acc = random.pick([random.signed(52), random.signed(30), random.pick(extremes)]);
    const product = bw === 8 ? (BigInt(acc) + BigInt(bias)) * BigInt(scale) : BigInt(acc) + BigInt(bias) * 65536n;
    const what = `(${[pre, scale, post, bw, acc, bias].join(', ')})`;
    if (product >= 2n ** 53n || product <= -(2n ** 53n)) {
      assert.throws(() => interLayerV3(pre, scale, post, bw, acc, bias), /2\^53/, what);
      refused++;
    } else assert.is(BigInt(interLayerV3(pre, scale, post, bw, acc, bias)), v3(pre, scale, post, bw, acc, bias), what);
  }
  assert.ok(refused > 100 && refused < 10000, `${refused} refused`);
});

test('average pooling equals its definition in exact fractions', () => {
  const random = new Random(8);
  for (let i = 0; i < 5000; i++) {
    const bw = random.pick([8, 16]);
    const sum = random.signed(random.pick([12, 23, 30]));
    const factor = random.pick([
      random.whole(32769),
      Math.fround(1 / (1 + random.whole(600))),
      Math.abs(random.float(-6, 15)),
    ]);
    const shift = random.whole(26) - 1;
    const product = fraction(float32(times(float32(fraction(sum)), factor)));
    assert.is(
      BigInt(avgPool(sum, factor, shift, bw)),
      toCode(shifted(product.top / product.bottom, shift), bw),
      `(${[sum, factor, shift, bw].join(', ')})`,
    );
  }
});

test('halves round up before and after scaling, negative ones too', () => {
  assert.equal(
    [-3, -1, 1, 3].map((acc) => interLayerV2(1, 1, 0, 8, acc)),
    [-1, 0, 1, 2],
  );
  assert.equal(
    [-3, -1, 1, 3].map((acc) => interLayerV2(0, 1, 1, 8, acc)),
    [-1, 0, 1, 2],
  );
  assert.equal(
    [-3, -1, 1, 3].map((acc) => interLayerV3(5, 1, 1, 8, acc, 0)),
    [-1, 0, 1, 2],
  );
  assert.equal(
    [-3, -1, 1, 3].map((sum) => avgPool(sum, 1, 1, 8)),
    [-1, 0, 1, 2],
  );
  assert.ok(Object.is(interLayerV2(0, 0, 0, 8, -5), 0));
});

test('v3 ignores the shift before scaling at 8 bits only', () => {
  assert.is(interLayerV3(20, 1, 0, 8, 100, 0), 100);
  assert.is(interLayerV3(20, 1, 0, 16, 100, 0), 0);
});

test('what cannot be computed exactly, or not at all, is an error', () => {
  assert.throws(
    () => interLayerV2(0, 257, 0, 8, 1),
    /interLayerV2: expected a scale of at most 256 at 8 bits, got 257/,
  );
  assert.is(interLayerV2(0, 257, 0, 16, 1), 257);
  assert.throws(() => interLayerV2(0, -256, 0, 8, -128), /product within 16 bits, got 32768/);
  for (const scale of [-1, 65536]) assert.throws(() => interLayerV3(0, scale, 0, 8, 1, 0), /scale of 0 to 65535/);
  assert.is(interLayerV3(0, 65535, 16, 8, 100, 0), 100);
  for (const bias of [8388608, -8388609]) assert.throws(() => interLayerV3(0, 1, 0, 8, 1, bias), /24 bits/);
  assert.is(interLayerV3(0, 1, 8, 16, 0, 8388608 / 65536), 32767);
  assert.throws(() => interLayerV3(0, 65535, 0, 8, 2 ** 40, 0), /2\^53/);
  assert.throws(() => interLayerV3(0, 1, 0, 16, 0, 2 ** 37), /2\^53/);
  for (const acc of [0.5, 2 ** 53, NaN, Infinity])
    assert.throws(() => interLayerV2(0, 1, 0, 16, acc), /the accumulator to be a whole number/);
  assert.throws(() => interLayerV2(1.5, 1, 0, 8, 1), /prescale_shift to be a whole number/);
  assert.throws(() => interLayerV3(0, 2, 0, 8, 1, 0.5), /the bias to be a whole number/);
  for (const sum of [2 ** 47, -(2 ** 47)]) assert.throws(() => avgPool(sum, 1, 0, 16), /47 bits/);
  assert.throws(() => avgPool(2 ** 46, 65536, 0, 16), /2\^53/);
  assert.throws(() => avgPool(1, NaN, 0, 16), /2\^53/);
  assert.throws(() => avgPool(1, 1, 0, 12), /bit width of 8 or 16, got 12/);
});

test.run();
