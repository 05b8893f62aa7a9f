import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BitWidth, CODES, gridStep, INT24, isBitWidth, sameGrid, stepOf } from '../../src/fixed/grid.js';
import { float32, over } from './fraction.js';
import { Random } from './random.js';

const widths: readonly BitWidth[] = [8, 16];

test('the step of a grid is the float32 of the exact quotient', () => {
  const random = new Random(2);
  for (let i = 0; i < 5000; i++) {
    const bits = random.pick(widths);
    const threshold = Math.abs(random.float(-20, 20)) * (1 + random.whole(100) * 2 ** -40);
    const step = float32(over(threshold / (bits === 8 ? 127 : 32767), 1));
    assert.is(stepOf({ threshold, bits }), step);
    assert.is(gridStep(threshold, bits), step);
  }
});

test('codes of a width fill its typed array', () => {
  for (const bits of widths) {
    const { array, bytes, smallest, largest } = CODES[bits];
    const codes = array.of(smallest, largest, largest + 1);
    assert.equal([codes.BYTES_PER_ELEMENT, bytes * 8, ...codes], [bytes, bits, smallest, largest, smallest]);
  }
  assert.equal([-INT24.smallest, INT24.largest], [2 ** (INT24.bits - 1), 2 ** (INT24.bits - 1) - 1]);
});

test('8 and 16 are the widths there are', () => {
  assert.equal([0, 7, 8, 8.5, 16, 32, NaN].filter(isBitWidth), [8, 16]);
});

test('grids are the same where threshold and width are', () => {
  const grid = { threshold: 1, bits: 8 } as const;
  assert.ok(sameGrid(grid, { ...grid }));
  assert.not(sameGrid(grid, { ...grid, bits: 16 }) || sameGrid(grid, { ...grid, threshold: 2 }));
});

test.run();
