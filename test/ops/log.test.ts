import { test } from 'uvu';
import { log } from '../../src/ops/log.js';
import { runCases } from './run-cases.js';
import { single } from './values.js';

runCases(log, [
  single('e', { base: -1, scale: 1, shift: 0 }, 3, Math.log(3)),
  single('base 2', { base: 2, scale: 4, shift: 0 }, 8, 5),
  single('scaled and shifted', { base: -1, scale: 2, shift: 1 }, 3, Math.log(7)),
  single('nothing', { base: -1, scale: 1, shift: 0 }, 0, -Infinity),
]);

test.run();
