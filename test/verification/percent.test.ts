import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { percent } from '../../src/verification/percent.js';

test('a share has two decimals, or as many significant digits as are asked for, and never looks like none', () => {
  const cases: readonly (readonly [share: number, significant: number | undefined, text: string])[] = [
    [0.98765, undefined, '98.77 %'],
    [1, undefined, '100.00 %'],
    [0, undefined, '0.00 %'],
    [1e-6, undefined, '<0.01 %'],
    [-0.043, 3, '-4.30 %'],
    [1, 3, '100 %'],
    [12.3456, 3, '1235 %'],
    [0.0000081, 2, '0.00081 %'],
    [1, 2, '100 %'],
    [0.456, 2, '46 %'],
  ];
  for (const [share, significant, text] of cases) assert.is(percent(share, significant), text);
});

test.run();
