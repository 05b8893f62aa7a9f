import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../../src/images/index.js';
import { valueRange } from '../../src/images/value-range.js';

const f = Math.fround;

function gray(data: Image['data'], maximum: number): Image {
  return { width: data.length, height: 1, channels: 1, data, maximum };
}

test('the least and the greatest sample, wherever they stand', () => {
  for (const [kind, maximum] of [
    [Uint8Array, 255],
    [Uint8Array, 200],
    [Uint16Array, 65535],
  ] as const) {
    for (const length of [3, 4096, 4097, 10_000]) {
      for (const at of [0, length >> 1, length - 2]) {
        const data = new kind(length).fill(100);
        data[at] = 7;
        data[at + 1] = 190;
        assert.equal(valueRange(gray(data, maximum)), {
          minimum: f(7 / maximum),
          extent: f(190 / maximum) - f(7 / maximum),
        });
        data[at] = 0;
        assert.equal(valueRange(gray(data, maximum)), { minimum: 0, extent: f(190 / maximum) });
      }
    }
  }
});

test('both ends of the scale are the whole range', () => {
  for (const maximum of [1, 3, 15, 255]) {
    const data = new Uint8Array(20_000).fill(1);
    data[9000] = 0;
    data[17_000] = maximum;
    assert.equal(valueRange(gray(data, maximum)), { minimum: 0, extent: 1 });
  }
});

test('floats may leave [0, 1]; a constant image has no extent', () => {
  assert.equal(valueRange(gray(Float32Array.of(0.5, -0.25, 1.25, 0), 1)), { minimum: -0.25, extent: 1.5 });
  assert.equal(valueRange(gray(new Float32Array(5).fill(0.3), 1)), { minimum: f(0.3), extent: 0 });
  assert.equal(valueRange(gray(new Uint8Array(5000).fill(51), 255)), { minimum: f(0.2), extent: 0 });
});

test.run();
