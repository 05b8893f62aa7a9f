import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changesWidth, holdsBiases, overlayOf } from '../../src/scaling/index.js';
import type { LimitsForm } from '../../src/scaling/overlays/overlay.js';

const weighted = ['Convolution', 'Deconvolution', 'InnerProduct', 'Scale'] as const;
const others = ['Eltwise', 'AveragePooling', 'Rescaling'] as const;

test('v2 changes widths in layers with weights only: other rows have no shift before the clamp, and a scale of at most 128', () => {
  const changes = (form: LimitsForm) => [
    changesWidth(overlayOf('v2'), form, 8, 16),
    changesWidth(overlayOf('v2'), form, 16, 8),
    changesWidth(overlayOf('v2'), form, 8, 8),
  ];
  for (const form of weighted) assert.equal(changes(form), [true, true, true], form);
  for (const form of others) assert.equal(changes(form), [false, false, true], form);
});

test('v3 changes widths everywhere', () => {
  for (const form of [...weighted, ...others]) {
    assert.ok(changesWidth(overlayOf('v3'), form, 8, 16), form);
    assert.ok(changesWidth(overlayOf('v3'), form, 16, 8), form);
  }
});

test('what decides are the limits of the overlay, not its name', () => {
  const v2 = overlayOf('v2');
  const limits = {
    ...v2.limits,
    Eltwise: { 8: { preMax: 0, scaleBits: 10, postMax: 8 }, 16: v2.limits.Convolution[16] },
  };
  const other = { ...v2, limits };
  assert.equal([changesWidth(other, 'Eltwise', 8, 16), changesWidth(other, 'Eltwise', 16, 8)], [true, true]);
});

test('biases of v3 have too few bits for codes of 8 bits and weights of 16; v2 adds them as codes of the output', () => {
  const holds = (name: 'v2' | 'v3') =>
    [
      [8, 8],
      [16, 16],
      [16, 8],
      [8, 16],
    ].map(([i, p]) => holdsBiases(overlayOf(name), i as 8, p as 8));
  assert.equal(holds('v2'), [true, true, true, true]);
  assert.equal(holds('v3'), [true, true, true, false]);
});

test.run();
