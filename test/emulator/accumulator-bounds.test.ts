import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accumulatorBounds } from '../../src/emulator/accumulator-bounds.js';

test('the bounds of a small kernel are those of trying every extreme input', () => {
  const codes = [3, -5, 0, 127, 127, 127, -1, 0, 2];
  let [low, high] = [0, 0];
  for (let channel = 0; channel < 3; channel++) {
    for (let choice = 0; choice < 8; choice++) {
      const sum = [0, 1, 2].reduce((total, i) => total + codes[channel * 3 + i]! * ((choice >> i) & 1 ? 127 : -128), 0);
      [low, high] = [Math.min(low, sum), Math.max(high, sum)];
    }
  }
  const bounds = accumulatorBounds(codes, 3, 8);
  assert.equal([bounds.low, bounds.high], [low, high]);
});

test('bits are those of the two bounds', () => {
  assert.is(accumulatorBounds([0], 1, 8).bits, 1);
  assert.is(accumulatorBounds([1], 1, 8).bits, 8);
  assert.is(accumulatorBounds([-1], 1, 8).bits, 9);
  assert.is(accumulatorBounds(new Array(516).fill(127), 1, 8).bits, 24);
  assert.is(accumulatorBounds(new Array(517).fill(127), 1, 8).bits, 25);
  assert.is(accumulatorBounds(new Array(4608).fill(-32768), 1, 16).high, 4608 * 2 ** 30);
});

test.run();
