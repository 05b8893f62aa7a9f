import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BitWidth } from '../../src/fixed/grid.js';
import { buildEntry, type EntryForm, type OverlayName, type ScalingEntry } from '../../src/scaling/index.js';
import { checkScaling } from '../../src/scaling-file/check.js';
import { isFault } from '../../src/scaling-file/fault.js';
import { CONVOLUTION, networkOf, POOL } from '../placement/networks.js';

const graph = networkOf([
  ['Convolution', 'data', 'conv1', CONVOLUTION],
  ['Convolution', 'conv1', 'conv2', CONVOLUTION],
  ['Eltwise', 'conv1 conv2', 'sum'],
  ['Pooling', 'sum', 'pool', POOL('MAX')],
  ['Convolution', 'pool', 'conv3', CONVOLUTION],
]);

/** The entry of a layer, with its triples by the overlay's limits. */
function entry(
  name: string,
  form: EntryForm,
  overlay: OverlayName,
  input: BitWidth,
  output: BitWidth,
  params = input,
): ScalingEntry {
  const weights = form === 'Eltwise' ? [] : [0.5, 0.5, 0.5, 0.5];
  const thresholds = { th_layer_in: 4, th_layer_out: 4, th_params: weights };
  const widths = { bw_layer_in: input, bw_layer_out: output, bw_params: params };
  return buildEntry({ name, form, channels: Math.max(1, weights.length), area: 1, ...thresholds, ...widths }, overlay);
}

/** The file of these widths: of each layer input and output. */
const file = (overlay: OverlayName, [a, b, sum, c]: readonly (readonly [BitWidth, BitWidth])[]): ScalingEntry[] => [
  entry('conv1', 'Convolution', overlay, ...a!),
  entry('conv2', 'Convolution', overlay, ...b!),
  entry('sum', 'Eltwise', overlay, ...sum!),
  entry('conv3', 'Convolution', overlay, ...c!),
];
const faults = (entries: readonly ScalingEntry[], overlay: OverlayName): string[] =>
  checkScaling(entries, { graph, overlay, weights: false })
    .filter(isFault)
    .map(({ entry: name, key, message }) => `${name} ${key} ${message}`);

test('one layer of 16 bits among others of 8 is a fault on v2, and rescaled on v3', () => {
  const one = [
    [8, 8],
    [16, 16],
    [8, 8],
    [8, 8],
  ] as const;
  assert.equal(faults(file('v2', one), 'v2'), [
    'conv2 bw_layer_in layer "conv2" (Convolution) reads 16 bits of "conv1", which has 8: overlay v2 cannot rescale them.',
    'sum bw_layer_in layer "sum" (Eltwise) reads 8 bits of "conv2", which has 16: overlay v2 cannot rescale them.',
  ]);
  assert.equal(faults(file('v3', one), 'v3'), []);
});

test('widths that change at layers with weights are none, on v2 either', () => {
  assert.equal(
    faults(
      file('v2', [
        [16, 8],
        [8, 8],
        [8, 8],
        [8, 16],
      ]),
      'v2',
    ),
    [],
  );
  assert.equal(
    faults(
      file('v2', [
        [8, 16],
        [16, 16],
        [16, 16],
        [16, 8],
      ]),
      'v2',
    ),
    [],
  );
});

test('an Eltwise of two widths is a fault on v2, with the network and without', () => {
  const entries = file('v2', [
    [8, 16],
    [16, 16],
    [16, 8],
    [8, 8],
  ]);
  assert.equal(faults(entries, 'v2'), [
    'sum bw_layer_out layer "sum" (Eltwise) reads 16 bits and writes 8: overlay v2 has no multiplier for that in a layer of this kind.',
  ]);
  const alone = checkScaling(entries, { overlay: 'v2' });
  assert.equal(
    alone.map(({ entry: name, key, severity }) => [name, key, severity]),
    [['sum', 'bw_layer_out', 'fault']],
  );
  assert.match(alone[0]!.message, /^expected 16, as bw_layer_in is, got 8: overlay v2 has no multiplier/);
});

test('weights wider than their codes are a warning where biases need more bits than there are', () => {
  const wide = (overlay: OverlayName) =>
    checkScaling(
      file(overlay, [
        [8, 8],
        [8, 8],
        [8, 8],
        [8, 8],
      ]).map((each) => (each.name === 'conv2' ? entry('conv2', 'Convolution', overlay, 8, 8, 16) : each)),
      { graph, overlay, weights: false },
    ).map(({ entry: name, key, severity }) => [name, key, severity]);
  assert.equal(wide('v3'), [['conv2', 'bw_params', 'warning']]);
  assert.equal(wide('v2'), []);
});

test.run();
