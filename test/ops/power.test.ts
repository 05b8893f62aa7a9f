import { test } from 'uvu';
import { power } from '../../src/ops/power.js';
import { runCases } from './run-cases.js';
import { row, single } from './values.js';

runCases(power, [
  {
    name: 'a line',
    attrs: { power: 1, scale: 2, shift: 1 },
    inputs: [row(-3, 0, 3)],
    expected: [[-5, 1, 7]],
    tolerance: 0,
  },
  {
    name: 'a square of both signs',
    attrs: { power: 2, scale: 1, shift: -1 },
    inputs: [row(-3, 0, 3)],
    expected: [[16, 1, 4]],
    tolerance: 0,
  },
  {
    name: 'power 0',
    attrs: { power: 0, scale: 1, shift: 0 },
    inputs: [row(-3, 0, 3)],
    expected: [[1, 1, 1]],
    tolerance: 0,
  },
  {
    name: 'a root',
    attrs: { power: 0.5, scale: 1, shift: 0 },
    inputs: [row(0, 4, 9)],
    expected: [[0, 2, 3]],
    tolerance: 0,
  },
  single('an odd power', { power: Math.fround(1.7), scale: 0.5, shift: 1 }, 3, 2.5 ** Math.fround(1.7)),
  single('a negative power', { power: -2, scale: 1, shift: 0 }, -4, 1 / 16),
]);

test.run();
