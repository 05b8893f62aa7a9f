import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildEntry } from '../../src/scaling/build-entry.js';
import type { EntryForm, LayerCalibration } from '../../src/scaling/entry.js';
import { exactParams } from '../../src/scaling/exact-multipliers.js';
import { withMultipliers } from '../../src/scaling/multiplier-kind.js';
import { multipliersOf } from '../../src/scaling/multipliers.js';
import { Random } from '../fixed/random.js';

const random = new Random(7);
const magnitude = (): number => Math.abs(random.float(-12, 12));

function layer(form: EntryForm, bits: readonly [8 | 16, 8 | 16, 8 | 16]): LayerCalibration {
  const [bw_layer_in, bw_params, bw_layer_out] = bits;
  const th_params = Array.from({ length: 64 }, (_, c) => (c % 16 === 0 ? 0 : Math.fround(magnitude())));
  const thresholds = { th_layer_in: magnitude(), th_layer_out: magnitude(), th_params };
  return { name: 'layer', form, bw_layer_in, bw_params, bw_layer_out, ...thresholds, channels: 64, area: 1 };
}

const widths = [8, 16] as const;
const all = widths.flatMap((a) => widths.flatMap((b) => widths.map((c) => [a, b, c] as const)));

for (const bits of all) {
  test(`widths ${bits}: every live channel's triple is a power of two, its threshold less than twice as large`, () => {
    for (const form of ['Convolution', 'Deconvolution', 'InnerProduct', 'Scale'] as const) {
      const natural = layer(form, bits);
      const exact = { ...natural, th_params: exactParams(natural) };
      const multipliers = multipliersOf(natural);
      for (const [c, threshold] of exact.th_params.entries()) {
        const before = natural.th_params[c] ?? NaN;
        if (before === 0) {
          assert.is(threshold, 0);
          continue;
        }
        assert.ok(
          threshold >= before * (1 - 2 ** -22) && threshold < before * 2 * (1 + 2 ** -22),
          `${before} ${threshold}`,
        );
        const next = 2 ** Math.ceil(Math.log2(multipliers[c] ?? NaN));
        const raised = multipliersOf(exact)[c] ?? NaN;
        assert.ok(raised <= next && raised >= next * (1 - 2 ** -22), `${multipliers[c]} became ${raised}`);
      }
      const { scale } = buildEntry(exact, 'v2');
      assert.ok(scale.every((value) => Number.isInteger(Math.log2(value)) || value === 0));
    }
  });

  test(`widths ${bits}: thresholds that are raised once stay`, () => {
    const once = layer('Convolution', bits);
    const exact = { ...once, th_params: exactParams(once) };
    assert.equal(exactParams(exact), exact.th_params);
  });
}

test('where no kind is named, multipliers are exact on the overlay that clips before it scales, for layers with weights', () => {
  const convolution = layer('Convolution', [8, 8, 8]);
  assert.equal(withMultipliers(convolution, 'v2', undefined).th_params, exactParams(convolution));
  assert.is(withMultipliers(convolution, 'v3', undefined), convolution);
  assert.is(withMultipliers(convolution, 'v2', 'natural'), convolution);
  assert.equal(withMultipliers(convolution, 'v3', 'exact').th_params, exactParams(convolution));
  const eltwise: LayerCalibration = { ...layer('Eltwise', [8, 8, 8]), th_params: [], channels: 1 };
  assert.is(withMultipliers(eltwise, 'v2', undefined), eltwise);
});

test.run();
