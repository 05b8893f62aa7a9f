import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fakeQuantize, gridCode, gridStep, gridValue } from '../../src/fixed/grid.js';
import { float32, fraction, nearest, over, times } from './fraction.js';
import { Random } from './random.js';

test('code, step and value equal their definitions in exact fractions', () => {
  const random = new Random(2);
  for (let i = 0; i < 5000; i++) {
    const bw = random.pick([8, 16]);
    const m = bw === 8 ? 127 : 32767;
    const th = Math.abs(random.float(-20, 20)) * (1 + random.whole(100) * 2 ** -40);
    const step = float32(over(th / m, 1));
    assert.is(gridStep(th, bw), step);
    const limit = Math.fround(th);
    const x = random.pick([random.float(-24, 24), Math.fround((random.signed(15) + 0.5) * step), limit, -limit, 0]);
    const clipped = Math.max(-limit, Math.min(limit, x));
    const code = Number(nearest(fraction(float32(over(clipped, step))), 'even'));
    assert.is(gridCode(x, th, bw), code, `gridCode(${x}, ${th}, ${bw})`);
    assert.is(gridValue(code, th, bw), float32(times(code, step)));
    assert.is(fakeQuantize(x, th, bw), gridValue(code, th, bw));
    assert.ok(Math.abs(code) <= m);
  }
});

test('a rounded value is its own rounding', () => {
  for (const bw of [8, 16]) {
    const m = 2 ** (bw - 1) - 1;
    for (const th of [1, 0.1, 151.00912, 3e-7]) {
      for (let code = -m; code <= m; code += bw === 8 ? 1 : 97)
        assert.is(gridCode(gridValue(code, th, bw), th, bw), code);
    }
  }
});

test('what counts as zero has codes of 0', () => {
  for (const th of [0, 1e-8, 5e-324]) assert.is(gridCode(3, th, 8), 0);
  assert.is(gridCode(3, 1.1e-8, 8), 127);
  assert.ok(Object.is(gridCode(-0.001, 1, 8), 0));
});

test.run();
