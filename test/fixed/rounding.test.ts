import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  clamp,
  largestCode,
  roundHalfAway,
  roundHalfEven,
  shiftRightRounding,
  smallestCode,
  truncate,
} from '../../src/fixed/rounding.js';
import { fraction, nearest } from './fraction.js';
import { Random } from './random.js';

const random = new Random(1);

/** Halves, their neighbours, near whole numbers, and any magnitude a double holds fractions of. */
function* values(): Generator<number> {
  for (let i = 0; i < 20000; i++) {
    const base = random.signed(52);
    yield base;
    yield base + 0.5;
    yield (base + 0.5) * (1 + 2 ** -52);
    yield random.float(-30, 30);
  }
  yield* [0.49999999999999994, -0.49999999999999994, 4503599627370495.5, -4503599627370495.5, 5e-324, -5e-324];
}

test('the named roundings equal their definitions on BigInt', () => {
  for (const x of values()) {
    const exact = fraction(x);
    assert.is(BigInt(roundHalfEven(x)), nearest(exact, 'even'), `roundHalfEven(${x})`);
    assert.is(BigInt(roundHalfAway(x)), nearest(exact, 'away'), `roundHalfAway(${x})`);
    assert.is(BigInt(truncate(x)), exact.top / exact.bottom, `truncate(${x})`);
  }
});

test('halves', () => {
  const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];
  assert.equal(halves.map(roundHalfEven), [-2, -2, 0, 0, 2, 2]);
  assert.equal(halves.map(roundHalfAway), [-3, -2, -1, 1, 2, 3]);
  assert.equal(halves.map(truncate), [-2, -1, 0, 0, 1, 2]);
  assert.equal(
    [-5, -3, -1, 1, 3, 5].map((v) => shiftRightRounding(v, 1)),
    [-2, -1, 0, 1, 2, 3],
  );
});

test('no rounding gives -0', () => {
  for (const round of [
    roundHalfEven,
    roundHalfAway,
    truncate,
    (x: number) => shiftRightRounding(x, 0),
    (x: number) => shiftRightRounding(x, 3),
  ]) {
    for (const x of [-0, 0]) assert.ok(Object.is(round(x), 0));
  }
  for (const round of [roundHalfEven, roundHalfAway, truncate]) assert.ok(Object.is(round(-0.3), 0));
});

test('the rounding shift equals its definition on BigInt up to 2^53', () => {
  const check = (value: number, shift: number): void => {
    const v = BigInt(value);
    const expected = shift > 0 ? ((v >> BigInt(shift - 1)) + 1n) >> 1n : v;
    assert.is(BigInt(shiftRightRounding(value, shift)), expected, `${value} >> ${shift}`);
  };
  for (let i = 0; i < 20000; i++) check(random.signed(53), random.whole(70) - 2);
  for (let shift = -1; shift <= 64; shift++) {
    for (const size of [0, 1, 2, 3, 2 ** 31, 2 ** 32 + 1, 2 ** 52 + 1, 2 ** 53 - 1, 3 * 2 ** 40])
      [size, -size].forEach((value) => check(value, shift));
  }
});

test('clamp and the ends of the codes', () => {
  assert.equal(
    [-9, -1, 0, 5, 9].map((x) => clamp(x, -1, 5)),
    [-1, -1, 0, 5, 5],
  );
  assert.ok(Number.isNaN(clamp(NaN, 0, 1)));
  assert.equal(
    [8, 16].map((bw) => [smallestCode(bw), largestCode(bw)]),
    [
      [-128, 127],
      [-32768, 32767],
    ],
  );
});

test.run();
