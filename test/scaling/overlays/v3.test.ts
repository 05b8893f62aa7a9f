import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interLayerV3, quantizeBiasV3 } from '../../../src/fixed/index.js';
import { v3 } from '../../../src/scaling/overlays/v3.js';

const grids = (bits: 8 | 16, thIn = 1) =>
  ({
    input: { threshold: thIn, bits },
    params: { threshold: 0.01, bits: 16 },
    output: { threshold: 2, bits: 8 },
  }) as const;

test('a bias is in units of the accumulator', () => {
  for (const bits of [8, 16] as const)
    for (const bias of [0, 0.3, -1.7])
      assert.is(v3.biasCode(grids(bits), bias), quantizeBiasV3(1, 0.01, bits, bias, 16));
});

test('a bias is clipped to what the overlay holds: 24 bits at 8 bits', () => {
  assert.is(v3.biasCode(grids(8), 1e30), 8388607);
  assert.is(v3.biasCode(grids(16), 1e30), 2 ** 31);
  const all = Array.from({ length: 200 }, (_, i) => v3.biasCode(grids(8, (i + 1) / 100), 1e30));
  assert.equal(new Set(all), new Set([8388607]), 'quantizeBiasV3 gives 8388608 for some of these thresholds');
  assert.equal(v3.largestBias, { 8: 8388607, 16: 2 ** 31 });
});

test('the largest scale is the one that interLayerV3 takes', () => {
  assert.is(interLayerV3(0, v3.largestScale, 16, 8, 1, 0), 1);
  assert.throws(() => interLayerV3(0, v3.largestScale + 1, 16, 8, 1, 0), /expected a scale of 0 to 65535/);
});

test.run();
