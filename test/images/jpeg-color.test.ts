import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convertHalvedYCbCr, convertYCbCr, hasHalvedChroma } from '../../src/images/jpeg-color.js';
import { smoothSubsampled } from '../../src/images/jpeg-smooth.js';

test('YCbCr becomes RGB by the equations of JFIF', () => {
  for (let cb = 0; cb < 256; cb += 5) {
    for (let cr = 0; cr < 256; cr += 5) {
      for (const y of [0, 1, 77, 128, 254, 255]) {
        const exact = [
          y + 1.402 * (cr - 128),
          y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
          y + 1.772 * (cb - 128),
        ];
        const rgb = Uint8Array.from([y, cb, cr]);
        convertYCbCr(rgb);
        exact.forEach((value, k) =>
          assert.ok(Math.abs(rgb[k]! - Math.min(Math.max(value, 0), 255)) <= 0.51, `${y} ${cb} ${cr}: ${rgb}`),
        );
      }
    }
  }
});

test('halved chroma is enlarged and converted in one pass to what two passes give', () => {
  const random = seedrandom('halved');
  for (const [y, c] of [
    [
      { h: 2, v: 2 },
      { h: 1, v: 1 },
    ],
    [
      { h: 2, v: 1 },
      { h: 1, v: 1 },
    ],
    [
      { h: 4, v: 2 },
      { h: 2, v: 2 },
    ],
  ] as const) {
    const components = [y, c, c];
    for (const width of [5, 6, 7, 8, 31, 64, 700]) {
      for (const height of [1, 2, 3, 4, 9]) {
        assert.ok(hasHalvedChroma(components, width));
        const samples = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
        const twice = samples.slice();
        smoothSubsampled(twice, width, height, components);
        convertYCbCr(twice);
        assert.equal(
          convertHalvedYCbCr(samples, width, height, components),
          twice,
          `${width}x${height} ${JSON.stringify(components)}`,
        );
      }
    }
  }
});

test('other chroma is not taken for halved', () => {
  const [full, half] = [
    { h: 2, v: 2 },
    { h: 1, v: 1 },
  ];
  assert.not(hasHalvedChroma([full, half, half], 4));
  const others = [
    [half, half, half],
    [half, full, full],
    [full, half, full],
    [{ h: 1, v: 2 }, half, half],
    [{ h: 4, v: 1 }, half, half],
    [{ h: 2, v: 4 }, half, half],
    [full, half, { h: 1, v: 2 }],
  ];
  for (const components of others) assert.not(hasHalvedChroma(components, 64), JSON.stringify(components));
});

test.run();
