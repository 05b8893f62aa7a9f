import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridsOf } from '../../src/scaling/index.js';

const entry = { name: 'conv', bw_layer_in: 8, bw_layer_out: 16, th_layer_in: 1, th_layer_out: 2 };

test('an entry gives the grids of its input, its output and each channel of its weights', () => {
  const input = { threshold: 1, bits: 8 };
  const output = { threshold: 2, bits: 16 };
  assert.equal(gridsOf(entry), { input, params: [], output });
  const weighted = { ...entry, bw_params: 16, th_params: [3, 4] };
  assert.equal(gridsOf(weighted).params, [
    { threshold: 3, bits: 16 },
    { threshold: 4, bits: 16 },
  ]);
});

test('the width of weights that there are none of does not matter; without one they have that of the input', () => {
  assert.equal(gridsOf({ ...entry, bw_params: 0, th_params: [] }).params, []);
  assert.equal(gridsOf({ ...entry, th_params: [3] }).params, [{ threshold: 3, bits: 8 }]);
});

test('a width that no overlay has is an error with the name of the layer', () => {
  for (const wrong of [{ bw_layer_in: 7 }, { bw_layer_out: 0 }, { bw_params: 12, th_params: [1] }])
    assert.throws(() => gridsOf({ ...entry, ...wrong }), /^conv: expected a bit width of 8 or 16, got \d+\.$/);
});

test.run();
