import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  erf,
  erfc,
  expm1,
  log1p,
  sin,
  sinh,
  softplus,
} from '../../../src/ops/support/special-functions.js';

/** Magnitudes from 1e-10 to 1e2 with both signs, and 0. */
const numbers = [0, ...Array.from({ length: 240 }, (_, i) => Math.fround(10 ** (i / 20 - 10)))].flatMap((x) => [x, -x]);
/** Distance relative to the wanted value; 0 for the same value, NaN included. */
const distance = (got: number, want: number): number =>
  Object.is(got, want) || got === want ? 0 : Math.abs(got - want) / (Math.abs(want) || 1);

const relative = { expm1, log1p, atan, asin, acos, sinh, cosh, asinh, acosh, atanh };
for (const [name, compute] of Object.entries(relative)) {
  test(`${name} is the engine's within 2e-15`, () => {
    for (const x of [...numbers, 1, 0.5, 1e30, Infinity, -Infinity, NaN]) {
      const [got, want] = [compute(x), Math[name as 'sin'](x)];
      assert.ok(distance(got, want) < 2e-15, `${name}(${x}): expected ${want}, got ${got}`);
    }
  });
}

for (const [name, compute] of Object.entries({ sin, cos })) {
  test(`${name} is the engine's within 1e-15, for the largest numbers too`, () => {
    for (const x of [...numbers, Math.PI, 1e5, 16777216, -1e7, 1e22, Math.fround(3e38)]) {
      const [got, want] = [compute(x), Math[name as 'sin'](x)];
      assert.ok(Math.abs(got - want) < 1e-15, `${name}(${x}): expected ${want}, got ${got}`);
    }
    assert.ok([Infinity, NaN].every((x) => Number.isNaN(compute(x))));
  });
}

test('erf, erfc and softplus are what tables say', () => {
  // Abramowitz and Stegun, table 7.1; tails and softplus computed in 30 digits.
  const errors = [
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [-1.5, -0.9661051464753108],
    [30, 1],
  ] as const;
  for (const [x, want] of errors) assert.ok(distance(erf(x), want) < 1e-15, `erf(${x})`);
  const complements = [
    [3, 2.209049699858544e-5],
    [10, 2.088487583762545e-45],
    [-2, 1.9953222650189527],
  ] as const;
  for (const [x, want] of complements) assert.ok(distance(erfc(x), want) < 1e-14, `erfc(${x})`);
  const logarithms = [
    [-30, 9.357622968839737e-14],
    [0, Math.LN2],
    [1, 1.3132616875182228],
    [1000, 1000],
  ] as const;
  for (const [x, want] of logarithms) assert.ok(distance(softplus(x), want) < 1e-15, `softplus(${x})`);
});

test('the angle of a point lies in its quadrant, on the axes and at infinity too', () => {
  const places = [-Infinity, -3, -1e-300, -0, 0, 1e-300, 2, Infinity];
  for (const y of places)
    for (const x of places) {
      const [got, expected] = [atan2(y, x), Math.atan2(y, x)];
      assert.ok(
        Object.is(got, expected) || Math.abs(got - expected) <= 1e-15 * Math.abs(expected),
        `${y}, ${x}: ${got}`,
      );
    }
  assert.ok(Number.isNaN(atan2(NaN, 1)) && Number.isNaN(atan2(1, NaN)));
});

test.run();
