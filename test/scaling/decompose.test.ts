import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildEntry,
  decompose,
  type EntryForm,
  limitsOf,
  type OverlayName,
  type ScalingEntry,
} from '../../src/scaling/index.js';
import { Random } from '../fixed/random.js';
import { shared, testShared } from '../support.js';

const folder = join(shared, 'golden/scaling');
const files = existsSync(folder) ? readdirSync(folder) : [];

/** Average pooling entries of the recorded files belong to layers of a known window. */
function formOf(entry: ScalingEntry): { form: EntryForm; area: number } {
  if (entry.th_params !== undefined) return { form: 'Convolution', area: 1 };
  return entry.scale.length > 1 ? { form: 'AveragePooling', area: 49 } : { form: 'Eltwise', area: 1 };
}

testShared('every triple of the recorded files follows from their thresholds', () => {
  let triples = 0;
  for (const file of files) {
    const overlay: OverlayName = file.includes('v3') ? 'v3' : 'v2';
    for (const entry of JSON.parse(readFileSync(join(folder, file), 'utf8')).network as ScalingEntry[]) {
      const { bw_params = 8, th_params = [], ...rest } = entry;
      const built = buildEntry(
        { ...rest, ...formOf(entry), bw_params, th_params, channels: entry.scale.length },
        overlay,
      );
      for (let c = 0; c < entry.scale.length; c++) {
        const where = `${file} ${entry.name}[${c}]`;
        const dead = entry.scale[c] === 0;
        assert.is(built.scale[c], entry.scale[c], `${where} scale`);
        assert.is(built.prescale_shift[c], entry.prescale_shift[c], `${where} prescale_shift`);
        if (!dead) assert.is(built.postscale_shift[c], entry.postscale_shift[c], `${where} postscale_shift`);
        triples++;
      }
    }
  }
  assert.is(triples, 22840);
});

const forms = [
  'Convolution',
  'Deconvolution',
  'InnerProduct',
  'Scale',
  'Eltwise',
  'AveragePooling',
  'Rescaling',
] as const;

test('a triple stays within its limits, uses them, and is the nearest there is', () => {
  const random = new Random(31);
  for (let i = 0; i < 20000; i++) {
    const limits = limitsOf(random.pick(forms), random.pick([8, 16]), random.pick(['v2', 'v3']));
    const { preMax, scaleBits, postMax } = limits;
    const largest = 2 ** (scaleBits - 1);
    const multiplier = Math.abs(random.float(-80, 20));
    const { prescale_shift, scale, postscale_shift } = decompose(multiplier, limits);
    const what = `${multiplier} in ${JSON.stringify(limits)}: ${prescale_shift}, ${scale}, ${postscale_shift}`;
    assert.ok(
      Number.isInteger(scale) &&
        prescale_shift >= 0 &&
        prescale_shift <= preMax &&
        scale >= 0 &&
        scale <= largest &&
        postscale_shift >= 0 &&
        postscale_shift <= postMax,
      what,
    );
    // Halved, the scale would still fit: it is as long as it can be, unless no shift is left to make up for it.
    assert.ok(scale >= largest / 2 || postscale_shift === postMax, what);
    const unit = 2 ** -(prescale_shift + postscale_shift);
    assert.ok(
      Math.abs(scale * unit - multiplier) <= unit / 2 || (scale === largest && multiplier > scale * unit),
      what,
    );
  }
});

test('powers of two within reach are held exactly', () => {
  for (const overlay of ['v2', 'v3'] as const) {
    for (let e = overlay === 'v2' ? -24 : -32; e <= (overlay === 'v2' ? 7 : 15); e++) {
      const { prescale_shift, scale, postscale_shift } = decompose(2 ** e, limitsOf('Convolution', 8, overlay));
      assert.is(scale * 2 ** -(prescale_shift + postscale_shift), 2 ** e, `${overlay} 2^${e}`);
    }
  }
});

test('multipliers worked out by hand', () => {
  const triple = (multiplier: number, ...[form, bw, overlay]: Parameters<typeof limitsOf>): number[] =>
    Object.values(decompose(multiplier, limitsOf(form, bw, overlay)));
  assert.equal(triple(0.75, 'Convolution', 8, 'v2'), [0, 96, 7]);
  assert.equal(triple(0.75 / 1024, 'Convolution', 8, 'v2'), [10, 96, 7]);
  assert.equal(triple(0.75 * 2 ** -20, 'Convolution', 8, 'v2'), [16, 12, 8]);
  assert.equal(triple(3, 'Eltwise', 8, 'v2'), [0, 96, 5]);
  assert.equal(triple(500, 'Eltwise', 8, 'v2'), [0, 128, 0]);
  assert.equal(triple(1 / 49, 'AveragePooling', 8, 'v2'), [0, 5, 8]);
  assert.equal(triple(1 / 512, 'AveragePooling', 8, 'v2'), [0, 0, 8]);
  assert.equal(triple(0.75 / 1024, 'Convolution', 8, 'v3'), [0, 24576, 25]);
  assert.equal(triple(0.75 / 1024, 'Convolution', 16, 'v3'), [10, 24576, 15]);
  assert.equal(triple(2 ** -140, 'Convolution', 16, 'v3'), [24, 0, 24]);
});

test('nothing is multiplied where there is nothing to scale', () => {
  const none = { prescale_shift: 0, scale: 0, postscale_shift: 0 };
  for (const multiplier of [0, -0, -1, NaN, Infinity, 1e39])
    assert.equal(decompose(multiplier, limitsOf('Scale', 8, 'v2')), none);
});

test('ResNet-50: the 7 x 7 average pooling of overlay v3', () => {
  assert.equal(decompose(Math.fround(1 / 49), limitsOf('AveragePooling', 8, 'v3')), {
    prescale_shift: 0,
    scale: 21400,
    postscale_shift: 20,
  });
});

test('a triple is the multiplier to half a unit of its scale, within the limits, or saturates', () => {
  const forms = ['Convolution', 'Scale', 'Eltwise', 'AveragePooling', 'Rescaling'] as const;
  fc.assert(
    fc.property(
      fc.float({ min: Math.fround(2 ** -60), max: Math.fround(2 ** 20), noNaN: true }),
      fc.constantFrom(...forms),
      fc.constantFrom(8, 16),
      fc.constantFrom('v2' as const, 'v3' as const),
      (multiplier, form, bits, overlay) => {
        const limits = limitsOf(form, bits, overlay);
        const { prescale_shift: pre, scale, postscale_shift: post } = decompose(multiplier, limits);
        const largest = 2 ** (limits.scaleBits - 1);
        assert.ok(pre >= 0 && pre <= limits.preMax && post >= 0 && post <= limits.postMax);
        assert.ok(Number.isInteger(scale) && scale >= 0 && scale <= largest);
        // Powers of two and their products with whole numbers of at most 16 bits are exact.
        const exact = multiplier * 2 ** (pre + post);
        assert.ok(Math.abs(scale - Math.min(exact, largest)) <= 0.5, `${exact} became ${scale}`);
        // The scale is as long as the shift behind it allows.
        if (scale > 0 && scale <= largest / 2 - 1) assert.is(post, limits.postMax);
      },
    ),
    { seed: 2018, numRuns: 5000 },
  );
});

test.run();
