import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interLayerV2, quantizeBias } from '../../../src/fixed/index.js';
import { v2 } from '../../../src/scaling/overlays/v2.js';

test('a bias is a code of the output', () => {
  const grids = {
    input: { threshold: 9, bits: 8 },
    params: { threshold: 5, bits: 8 },
    output: { threshold: 2, bits: 16 },
  } as const;
  for (const bias of [0, 0.3, -1.7, 5, -5]) assert.is(v2.biasCode(grids, bias), quantizeBias(2, 16, bias));
  assert.is(v2.biasCode(grids, 1e9), v2.largestBias[16]);
  assert.is(v2.biasCode({ ...grids, output: { threshold: 2, bits: 8 } }, 1e9), v2.largestBias[8]);
});

test('the largest scale is the one that interLayerV2 takes at 8 bits', () => {
  assert.is(interLayerV2(0, v2.largestScale, 8, 8, 1), 1);
  assert.throws(() => interLayerV2(0, v2.largestScale + 1, 8, 8, 1), /expected a scale of at most 256/);
});

test.run();
