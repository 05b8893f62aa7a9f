import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withFloatLayers } from '../../src/graph/float-layers.js';
import { buildEntry, type ScalingEntry } from '../../src/scaling/index.js';
import { averagePoolingFaults } from '../../src/verification/pooling-error.js';
import { CONVOLUTION, gridEntries, networkOf } from '../placement/networks.js';

const pool = (size: number, pad: number) =>
  networkOf(
    [
      ['Convolution', 'data', 'conv', CONVOLUTION],
      ['Pooling', 'conv', 'pool', `pooling_param { pool: AVE kernel_size: ${size} stride: ${size} pad: ${pad} }`],
    ],
    14,
  );
const conv = [...gridEntries({ conv: [7, 5] }).values()];
const found = (size: number, pad: number, overlay: 'v2' | 'v3', entries: readonly ScalingEntry[] = conv): string[] =>
  averagePoolingFaults(pool(size, pad), entries, overlay).map(
    ({ entry, severity, message }) => `${entry} ${severity} ${message}`,
  );

test('a factor that the overlay cannot hold is a warning: 5/256 for a window of 7 x 7', () => {
  assert.equal(found(7, 0, 'v2'), [
    'pool warning layer "pool" (Pooling) divides by 49 with a relative error of -4.30 %. --float_layers pool runs it on the host.',
  ]);
  assert.equal(found(7, 0, 'v3'), []);
  assert.equal(found(2, 0, 'v2'), [], '1/4 is exact');
});

test('the triples of an entry count, not what the overlay could hold', () => {
  const measure = { name: 'pool', form: 'AveragePooling', area: 49, channels: 4, th_params: [], bw_params: 0 } as const;
  const grids = { bw_layer_in: 8, bw_layer_out: 8, th_layer_in: 5, th_layer_out: 5 };
  const entry = buildEntry({ ...measure, ...grids }, 'v3');
  assert.equal(found(7, 0, 'v3', [...conv, entry]), []);
  const coarse = { ...entry, scale: entry.scale.map((scale, c) => (c === 2 ? scale * 2 : scale)) };
  assert.match(found(7, 0, 'v3', [...conv, coarse]).join(), /relative error of 100 %/);
});

test('windows that the border clips are a warning', () => {
  assert.match(
    found(3, 0, 'v3').join(),
    /^pool warning 9 of the 25 windows of layer "pool" \(Pooling\) are clipped at the border, to 4 elements at least, but the overlay always divides by 9: their values come out 35\.8 % too small\. --float_layers pool runs it on the host\.$/,
  );
});

test('a pooling on the host loses nothing', () => {
  const host = networkOf([
    ['Softmax', 'data', 'softmax'],
    ['Pooling', 'softmax', 'pool', 'pooling_param { pool: AVE kernel_size: 7 stride: 7 }'],
  ]);
  assert.equal(averagePoolingFaults(host, [], 'v2'), []);
  assert.equal(averagePoolingFaults(withFloatLayers(pool(7, 0), ['pool']), conv, 'v2'), []);
});

test.run();
