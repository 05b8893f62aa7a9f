import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  gridsOf,
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
    assert.is(rescalingMultiplier(gridsOf(one).input, gridsOf(one).output), ratio);
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
  assert.is(rescalingMultiplier({ threshold: 1, bits: 8 }, { threshold: 0, bits: 8 }), 0);
  assert.is(rescalingMultiplier({ threshold: 0, bits: 8 }, { threshold: 1, bits: 8 }), 0);
});

test.run();
