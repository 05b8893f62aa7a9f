import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calibrate, planCalibration } from '../../src/jobs/calibrate.js';
import { checkLayerBits } from '../../src/jobs/layer-bits.js';
import { optimise } from '../../src/optimise/index.js';
import {
  concat,
  convolution,
  eltwise,
  innerProduct,
  maxPooling,
  networkOf,
  relu,
  widths,
} from '../calibration/plans.js';
import { throws } from '../throws.js';

const { graph } = optimise(
  networkOf(
    convolution('a', 'data'),
    relu('r', 'a'),
    maxPooling('p', 'r'),
    convolution('b', 'p'),
    eltwise('sum', 'p', 'b'),
    convolution('c', 'sum'),
    concat('join', 'c', 'sum'),
    convolution('d', 'join'),
    innerProduct('fc', 'd'),
  ),
);
const plan = (
  layerBits: Record<string, number>,
  overlay: 'v2' | 'v3' = 'v3',
  walk: 'progressive' | 'reference' = 'progressive',
) => planCalibration(graph, { widths, layerBits, overlay, walk });
const bits = (layerBits: Record<string, number>, overlay: 'v2' | 'v3' = 'v3') =>
  plan(layerBits, overlay)
    .entries.filter(({ form }) => form !== 'InnerProduct')
    .map(({ name, bw_layer_in, bw_params, bw_layer_out }) => `${name} ${bw_layer_in},${bw_params},${bw_layer_out}`);

test('entries have the widths of their layers', () => {
  assert.equal(bits({ a: 16 }), ['a 16,16,8', 'b 8,8,8', 'sum 8,0,8', 'c 8,8,8', 'd 8,8,8']);
  assert.equal(bits({ a: 16 }, 'v2'), bits({ a: 16 }));
  assert.equal(bits({ c: 16, sum: 16 }), ['a 8,8,16', 'b 8,8,16', 'sum 16,0,16', 'c 16,16,8', 'd 8,8,8']);
  assert.equal(
    bits({ '*': 16, d: 8 }),
    ['a 16,16,16', 'b 16,16,16', 'sum 16,0,16', 'c 16,16,8', 'd 8,8,8'],
    'the last pattern counts',
  );
});

test('all widths that an overlay cannot bring together are refused at once, with the way out', () => {
  const refused = (layerBits: Record<string, number>): string => {
    try {
      plan(layerBits, 'v2');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const sum = refused({ sum: 16, b: 16 });
  assert.match(
    sum,
    /^--layer_bits: expected widths that overlay v2 can bring together, got layer "sum" \(Eltwise\) reads 16 bits and writes 8 \(overlay v2 has no multiplier/,
  );
  assert.match(sum, /change widths at layers with weights; or try --overlay v3\.$/);
  const all = refused({ c: 16 });
  assert.match(all, /layer "join" \(Concat\) reads 8 bits of "sum", which has 16 \(overlay v2 cannot rescale them\)/);
  assert.match(
    all,
    /layer "b" \(Convolution\) reads 8 bits of "p", which has 16 \(overlay v2 cannot rescale them\), layer "join"/,
  );
  assert.is(refused({ '*': 16 }), '');
});

test('names and widths that make no sense are refused', () => {
  throws(() => plan({ con: 16 }), /^--layer_bits: expected names of layers, got "con", which matches none\./);
  throws(
    () => plan({ 'p*': 16 }),
    /^--layer_bits: expected layers with weights or Eltwises, got "p\*", which matches "p" only\./,
  );
  throws(() => plan({ fc: 16 }), /a fully connected layer has one with --include_inner_product\.$/);
  throws(() => checkLayerBits({ a: 12 }), /^--layer_bits: expected 8 or 16 bits for "a", got 12\./);
  throws(
    () => plan({ a: 16 }, 'v3', 'reference'),
    /^--layer_bits: expected the progressive walk, got the reference walk/,
  );
});

test('every calibrator finds thresholds for both widths; threads change nothing', async () => {
  const arrays = [1, 2, 3].map((seed) => Float32Array.from({ length: 256 }, (_, i) => Math.sin(i * seed) * 50));
  for (const calibrator of ['mse', 'reference', 'max'] as const) {
    const options = { widths, layerBits: { b: 16, c: 16 }, overlay: 'v3', calibrator } as const;
    const one = await calibrate(graph, { arrays }, { ...options, threads: 1 });
    assert.equal(await calibrate(graph, { arrays }, { ...options, threads: 3 }), one, calibrator);
    for (const { th_layer_in, th_layer_out } of one) assert.ok(th_layer_in > 0 && th_layer_out > 0);
  }
});

test.run();
