import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exp, log, log1p, log2, pow, powerOfTwo, tanh } from '../src/math.js';
import {
  type Precise,
  preciseExp,
  preciseLog,
  preciseLog1p,
  preciseLog2,
  precisePow,
  preciseTanh,
  unitsApart,
} from './precise.js';

/** A linear congruential generator: the same numbers everywhere. */
function* numbers(count: number): Generator<number> {
  let state = 12345;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Largest error in units of the last place over the given arguments; must stay below `limit`. */
function holds(
  name: string,
  f: (x: number) => number,
  oracle: (x: number) => Precise,
  limit: number,
  xs: Iterable<number>,
): void {
  for (const x of xs) {
    const apart = unitsApart(f(x), oracle(x));
    assert.ok(apart < limit, `${name}(${x}) = ${f(x)} is ${apart} units off`);
  }
}

const spread = (count: number, of: (u: number) => number[]): number[] => [...numbers(count)].flatMap(of);

test('the oracle itself: 1, e and known digits', () => {
  assert.is(unitsApart(Math.E, preciseExp(1)) < 0.5, true);
  assert.is(unitsApart(Math.LN2, preciseLog(2)) < 0.5, true);
  assert.is(unitsApart(0.24491866240370912928, preciseTanh(0.25)) < 0.5, true);
  assert.is(unitsApart(3, preciseLog2(8)) < 1e-15, true);
  assert.is(unitsApart(1.0000000000000002, preciseExp(0)), 1);
});

test('logarithms are within one unit of the exact value', () => {
  const xs = spread(400, (u) => [
    u,
    u * 100,
    1 + u * 1e-6,
    1 - u * 1e-6,
    u * 1e-310,
    u * 1e300,
    2 ** 0.5 * (1 + (u - 0.5) * 1e-9),
  ]);
  holds('log', log, preciseLog, 1, xs);
  holds('log2', log2, preciseLog2, 1, xs);
});

test('log1p is within two units of the exact value where the sum loses digits, too', () => {
  const xs = spread(400, (u) => [
    u,
    u * 100,
    -u,
    u * 1e-8,
    -u * 1e-8,
    u * 1e-15,
    -u * 1e-15,
    u * 1e-30,
    0.41 + u * 0.01,
    u * 1e300,
  ]);
  holds('log1p', log1p, preciseLog1p, 2, xs);
  assert.equal([-1, -2, Infinity, NaN, 0].map(log1p), [-Infinity, NaN, Infinity, NaN, 0]);
});

test('log2 is exact on powers of two, denormal ones too', () => {
  for (let k = -1074; k < 1024; k++) assert.is(log2(2 ** k), k);
});

test('exp is within one unit of the exact value, denormal results too', () => {
  holds(
    'exp',
    exp,
    preciseExp,
    1,
    spread(400, (u) => [u, -u, u * 40 - 20, u * 1440 - 735, u * 1e-5, -708 - u * 37, 0.34657359 + u * 1e-8]),
  );
});

test('tanh is within 0.55 units of the exact value', () => {
  holds(
    'tanh',
    tanh,
    preciseTanh,
    0.55,
    spread(400, (u) => [u, -u, u * 22, u * 1e-4, u * 1e-9, u * 0.4]),
  );
});

test('pow is within 0.55 units of the exact value', () => {
  for (const y of [0.75, -0.75, 0.5, -0.5, 3, 10, -1, 31, 3.3, -7.1, 0.1, 1e-10, 150, 1 / 3]) {
    holds(
      'pow',
      (x) => pow(x, y),
      (x) => precisePow(x, y),
      0.55,
      spread(60, (u) => [u * 10, 1 + u * 1e-5, 1 - u * 1e-3, u * 100]),
    );
  }
  holds(
    'pow(1 + u, 1e9)',
    (x) => pow(x, 1e9),
    (x) => precisePow(x, 1e9),
    0.55,
    spread(60, (u) => [1 + (u - 0.5) * 1e-6]),
  );
  holds(
    'pow(u, 290)',
    (x) => pow(x, 290),
    (x) => precisePow(x, 290),
    1,
    spread(60, (u) => [0.078 + u / 500]),
  );
  assert.is(pow(-3.5, 3), -42.875);
  assert.is(pow(9, 0.5), 3);
});

test('functions agree with the engine, which is within two units itself', () => {
  const near = (actual: number, expected: number, what: string): void => {
    const unit = Math.max(Math.abs(expected) * 2 ** -52, 2 ** -1074);
    assert.ok(
      Object.is(actual, expected) || Math.abs(actual - expected) <= 2 * unit,
      `${what}: expected ${expected}, got ${actual}`,
    );
  };
  for (const u of numbers(10000)) {
    near(log(u * 100), Math.log(u * 100), `log(${u * 100})`);
    near(log2(u * 100), Math.log2(u * 100), `log2(${u * 100})`);
    near(exp(u * 1400 - 700), Math.exp(u * 1400 - 700), `exp(${u * 1400 - 700})`);
  }
});

test('special values', () => {
  for (const f of [log, log2, exp, tanh]) assert.ok(Number.isNaN(f(NaN)));
  for (const f of [log, log2]) {
    assert.equal([f(0), f(-0), f(1), f(Infinity)], [-Infinity, -Infinity, 0, Infinity]);
    assert.ok(Number.isNaN(f(-1)) && Number.isNaN(f(-Infinity)));
  }
  assert.equal(
    [exp(0), exp(-Infinity), exp(Infinity), exp(710), exp(-746), exp(-745)],
    [1, 0, Infinity, Infinity, 0, 5e-324],
  );
  assert.equal([tanh(-Infinity), tanh(Infinity), tanh(30), tanh(5e-324)], [-1, 1, 1, 5e-324]);
  assert.ok(Object.is(tanh(-0), -0));
  assert.equal([powerOfTwo(-1022), powerOfTwo(1023)], [2 ** -1022, 2 ** 1023]);
});

test("pow has Math.pow's special values", () => {
  const values = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 4, 2 ** 53, Infinity, -Infinity, NaN, 5e-324, 1e308];
  for (const x of values) {
    for (const y of values) {
      const [actual, expected] = [pow(x, y), x ** y];
      assert.ok(
        Object.is(actual, expected) || Math.abs(actual / expected - 1) < 2 ** -51,
        `pow(${x}, ${y}): expected ${expected}, got ${actual}`,
      );
    }
  }
});

test.run();
