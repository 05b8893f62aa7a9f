import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hurtsMost } from '../../src/report/verification-sentences.js';
import type { VerifiedLayer } from '../../src/verification/verification.js';

const quality = (sqnr: number) => ({ sqnr, cosine: 0.5, largestError: null });
const layer = (name: string, alone: number | null, changes: Partial<VerifiedLayer> = {}): VerifiedLayer =>
  ({
    name,
    type: 'Convolution',
    isolated: alone === null ? null : quality(alone),
    accumulated: quality(30),
    values: 1000,
    clipped: 0,
    prescaleClipped: 0,
    overflows: 0,
    ...changes,
  }) as VerifiedLayer;

test('the layer with the lowest ratio by itself is named', () => {
  assert.is(
    hurtsMost([layer('a', 40), layer('b', 20.26), layer('host', null)]),
    'Layer "b" (Convolution) hurts most: quantized alone it keeps 20.3 dB (cosine 0.500000), as deployed 30.0 dB.',
  );
});

test('its clips and overflows are told', () => {
  const text = hurtsMost([layer('a', -Infinity, { prescaleClipped: 5, clipped: 250, overflows: 3 })]);
  assert.match(text, /keeps nothing but noise \(/);
  assert.match(
    text,
    /30\.0 dB, 0\.50 % of its values clipped before scaling, 25 % of its values clipped at its threshold, 3 of its sums beyond 24 bits\.$/,
  );
});

test('without noise there is nothing to name', () => {
  assert.is(hurtsMost([layer('a', Infinity), layer('host', null)]), 'No layer on the overlay differs from float.');
});

test.run();
