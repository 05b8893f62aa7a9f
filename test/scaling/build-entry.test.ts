import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildEntry, type LayerCalibration } from '../../src/scaling/index.js';

const layer = (changes: Partial<LayerCalibration> = {}): LayerCalibration => ({
  name: 'layer',
  form: 'Convolution',
  bw_layer_in: 8,
  bw_params: 16,
  bw_layer_out: 8,
  th_layer_in: 2,
  th_layer_out: 3,
  th_params: [1, 0],
  channels: 2,
  area: 1,
  ...changes,
});

test('an entry has the keys of its form, in no order that depends on anything', () => {
  const weighted = buildEntry(layer(), 'v2');
  assert.equal(Object.keys(weighted).sort(), [
    'bw_layer_in',
    'bw_layer_out',
    'bw_params',
    'name',
    'postscale_shift',
    'prescale_shift',
    'scale',
    'sf_layer_in',
    'sf_layer_out',
    'sf_params',
    'th_layer_in',
    'th_layer_out',
    'th_params',
  ]);
  assert.equal([weighted.prescale_shift[1], weighted.scale[1], weighted.postscale_shift[1]], [0, 0, 0]);
  const eltwise = buildEntry(layer({ form: 'Eltwise', channels: 1, th_params: [] }), 'v2');
  assert.is('th_params' in eltwise || 'bw_params' in eltwise || 'sf_params' in eltwise, false);
  assert.is(eltwise.scale.length, 1);
});

test('scale factors of layers are double quotients, those of parameters float32 ones', () => {
  const entry = buildEntry(
    layer({ th_layer_in: 0.1, bw_layer_in: 8, th_params: [0.1], bw_params: 8, channels: 1 }),
    'v2',
  );
  assert.is(entry.sf_layer_in, 0.1 / 127);
  assert.equal(entry.sf_params, [Math.fround(0.1 / 127)]);
});

test('a width that no overlay has is an error with the name of the layer', () => {
  assert.throws(() => buildEntry(layer({ bw_layer_out: 7 }), 'v2'), /^layer: expected a bit width of 8 or 16, got 7/);
});

test.run();
