import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BitWidth } from '../../../src/fixed/grid.js';
import { DEFAULT_OVERLAY, limitsOf, OVERLAY_NAMES, OVERLAYS, overlayOf } from '../../../src/scaling/index.js';
import type { LimitsForm } from '../../../src/scaling/overlays/overlay.js';

const accumulating = ['Convolution', 'Deconvolution', 'InnerProduct'] as const;
const others = ['Eltwise', 'AveragePooling', 'Rescaling'] as const;

/** The rows of the table of limits: overlay, forms, width of the input codes, then pre_max, scale_bits, post_max. */
const rows: readonly [string, readonly LimitsForm[], readonly BitWidth[], string][] = [
  ['v2', [...accumulating, 'Scale'], [8], '16 8 8'],
  ['v2', [...accumulating, 'Scale'], [16], '32 8 8'],
  ['v2', others, [8, 16], '0 8 8'],
  ['v3', accumulating, [8], '0 16 32'],
  ['v3', [...accumulating, 'Scale'], [16], '24 16 24'],
  ['v3', ['Scale', ...others], [8], '0 16 40'],
  ['v3', others, [16], '0 16 32'],
];

test('the limits of every overlay, form and width are the rows of the table', () => {
  const checked = rows.flatMap(([name, forms, widths, row]) =>
    forms.flatMap((form) =>
      widths.map((bits) => {
        const { limits } = OVERLAYS.find((overlay) => overlay.name === name)!;
        const { preMax, scaleBits, postMax } = limits[form][bits];
        assert.is(`${preMax} ${scaleBits} ${postMax}`, row, `${name} ${form} ${bits}`);
        return `${name} ${form} ${bits}`;
      }),
    ),
  );
  const all = OVERLAYS.flatMap(({ name, limits }) =>
    Object.keys(limits).flatMap((form) => [8, 16].map((b) => `${name} ${form} ${b}`)),
  );
  assert.equal(checked.sort(), all.sort(), 'the table has a row for everything');
});

test('the largest scale of a triple is what the overlay can hold', () => {
  for (const { limits, largestScale } of OVERLAYS) {
    for (const widths of Object.values(limits))
      for (const { scaleBits } of Object.values(widths)) assert.ok(2 ** (scaleBits - 1) <= largestScale);
  }
});

test('an overlay is chosen by name or as a value; names are those of the list', () => {
  assert.equal(new Set(OVERLAY_NAMES).size, OVERLAYS.length);
  for (const overlay of OVERLAYS) assert.is(overlayOf(overlay.name), overlay);
  const other = { ...overlayOf('v3'), name: 'other' };
  assert.is(overlayOf(other), other);
  assert.ok(OVERLAY_NAMES.includes(DEFAULT_OVERLAY));
  assert.throws(() => overlayOf('v9' as 'v2'), /^overlay: expected v2 or v3, got "v9"\.$/);
  assert.throws(() => limitsOf('Scale', 7, 'v2'), /expected a bit width of 8 or 16, got 7/);
});

test.run();
