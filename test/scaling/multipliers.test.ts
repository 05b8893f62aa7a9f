import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildEntry,
  type LayerCalibration,
  multipliersOf,
  rescalingMultiplier,
  slopeMultiplier,
} from '../../src/scaling/index.js';
import { float32, over, times } from '../fixed/fraction.js';
import { Random } from '../fixed/random.js';

const random = new Random(21);
const threshold = (): number => Math.abs(random.float(-12, 12)) * (1 + random.whole(1000) * 2 ** -45);
const step = (th: number, bw: number): number => float32(over(th / (bw === 8 ? 127 : 32767), 1));

function layer(changes: Partial<LayerCalibration> = {}): LayerCalibration {
  const width = (): number => random.pick([8, 16]);
  return {
    name: 'layer',
    form: 'Convolution',
    bw_layer_in: width(),
    bw_params: width(),
    bw_layer_out: width(),
    th_layer_in: threshold(),
    th_layer_out: threshold(),
    th_params: [threshold(), threshold()],
    channels: 2,
    area: 1,
    ...changes,
  };
}

test('multipliers equal their definition, each operation rounded from the exact fraction', () => {
  for (let i = 0; i < 2000; i++) {
    const one = layer();
    const [sfIn, sfOut] = [step(one.th_layer_in, one.bw_layer_in), step(one.th_layer_out, one.bw_layer_out)];
    const expected = one.th_params.map((th) => float32(over(float32(times(sfIn, step(th, one.bw_params))), sfOut)));
    assert.equal(multipliersOf(one), expected);
    const ratio = float32(over(sfIn, sfOut));
    assert.equal(multipliersOf({ ...one, form: 'Eltwise', channels: 1 }), [ratio]);
    assert.equal(
      multipliersOf({ ...one, form: 'AveragePooling', area: 49, channels: 3 }),
      new Array(3).fill(float32(over(ratio, 49))),
    );
    assert.is(
      rescalingMultiplier({ th: one.th_layer_in, bw: one.bw_layer_in }, { th: one.th_layer_out, bw: one.bw_layer_out }),
      ratio,
    );
    assert.is(slopeMultiplier(ratio, 0.1), float32(times(ratio, Math.fround(0.1))));
  }
});

test('a threshold of 0 gives a multiplier of 0', () => {
  assert.equal(multipliersOf(layer({ th_layer_out: 0 })), [0, 0]);
  assert.equal(multipliersOf(layer({ th_layer_in: 0 })), [0, 0]);
  assert.equal(
    multipliersOf(
      layer({ th_params: [0, 1], th_layer_in: 127, bw_layer_in: 8, th_layer_out: 127, bw_layer_out: 8, bw_params: 8 }),
    ),
    [0, step(1, 8)],
  );
  assert.is(rescalingMultiplier({ th: 1, bw: 8 }, { th: 0, bw: 8 }), 0);
  assert.is(rescalingMultiplier({ th: 0, bw: 8 }, { th: 1, bw: 8 }), 0);
});

test('an entry has the keys of its form, in no order that depends on anything', () => {
  const weighted = buildEntry(layer({ th_params: [1, 0], th_layer_in: 2, th_layer_out: 3 }), 'v2');
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

test.run();
