import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exp, log, log2, pow, powerOfTwo, tanh } from '../src/math.js';

/** A linear congruential generator: the same numbers everywhere. */
function* numbers(count: number): Generator<number> {
  let state = 12345;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function near(actual: number, expected: number, units: number, what: string): void {
  if (Object.is(actual, expected) || (Number.isNaN(actual) && Number.isNaN(expected))) return;
  const unit = Math.max(Math.abs(expected) * 2 ** -52, 2 ** -1074);
  assert.ok(Math.abs(actual - expected) <= units * unit, `${what}: expected ${expected}, got ${actual}`);
}

test('logarithms agree with the engine to two units in the last place', () => {
  for (const u of numbers(20000)) {
    for (const x of [u, u * 100, 1 + u * 1e-6, 1 - u * 1e-6, u * 1e-310, u * 1e300]) {
      near(log(x), Math.log(x), 2, `log(${x})`);
      near(log2(x), Math.log2(x), 2, `log2(${x})`);
    }
  }
});

test('log2 is exact on powers of two, denormal ones too', () => {
  for (let k = -1074; k < 1024; k++) assert.is(log2(2 ** k), k);
});

test('exp, tanh and pow agree with the engine', () => {
  for (const u of numbers(20000)) {
    for (const x of [u, -u, u * 40 - 20, u * 1400 - 700, u * 1e-5]) {
      near(exp(x), Math.exp(x), 2, `exp(${x})`);
      near(tanh(x), Math.tanh(x), 4, `tanh(${x})`);
    }
    near(pow(u * 10, 0.75), Math.pow(u * 10, 0.75), 4, `pow(${u * 10}, 0.75)`);
    near(pow(u * 10, 3.3), Math.pow(u * 10, 3.3), 30, `pow(${u * 10}, 3.3)`);
    near(pow(-u * 10, 3), Math.pow(-u * 10, 3), 4, `pow(${-u * 10}, 3)`);
  }
});

test('values with 17 correct digits', () => {
  near(log(10), 2.302585092994045684, 1, 'log(10)');
  near(log2(10), 3.321928094887362348, 1, 'log2(10)');
  near(exp(1), 2.718281828459045235, 1, 'exp(1)');
  near(tanh(0.25), 0.24491866240370912928, 1, 'tanh(0.25)');
});

test('special values', () => {
  assert.is(log(0), -Infinity);
  assert.is(log2(Infinity), Infinity);
  assert.ok(Number.isNaN(log2(-1)) && Number.isNaN(log(NaN)) && Number.isNaN(exp(NaN)) && Number.isNaN(tanh(NaN)));
  assert.is(exp(-Infinity), 0);
  assert.is(exp(Infinity), Infinity);
  assert.is(exp(-745), 5e-324);
  assert.is(tanh(-Infinity), -1);
  assert.is(tanh(Infinity), 1);
  assert.ok(Object.is(tanh(-0), -0));
  assert.is(pow(0, 0.75), 0);
  assert.is(pow(0, -1), Infinity);
  assert.is(pow(-2, 3), -8);
  assert.ok(Number.isNaN(pow(-2, 0.5)));
  assert.is(powerOfTwo(-1022), 2 ** -1022);
});

test.run();
