import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../src/graph/graph.js';
import { calibrationWarnings, poolingWarnings } from '../../src/report/calibration-warnings.js';
import type { LayerCalibration, ScalingEntry } from '../../src/scaling/index.js';
import { buildEntry } from '../../src/scaling/index.js';

const measure = (th_layer_in: number): LayerCalibration => ({
  name: 'conv',
  form: 'Convolution',
  bw_layer_in: 8,
  bw_params: 8,
  bw_layer_out: 8,
  th_layer_in,
  th_layer_out: 1,
  th_params: [1, 1],
  channels: 2,
  area: 1,
});

function graphWithBias(bias: readonly number[]): Graph {
  const params = [
    { shape: [2, 1, 1, 1], data: new Float32Array(2) },
    { shape: [2], data: Float32Array.from(bias) },
  ];
  const node = {
    name: 'conv',
    op: 'convolution',
    type: 'Convolution',
    attrs: {},
    inputs: [0],
    outputs: [1],
    params,
    where: '',
  };
  return { name: 'net', nodes: [node], values: [], inputs: [0], outputs: [1], names: {} };
}

const warnings = (bias: readonly number[], thIn: number, how: Parameters<typeof calibrationWarnings>[3]): string[] => {
  const layer = measure(thIn);
  const entries: ScalingEntry[] = [buildEntry(layer, 'v2')];
  return calibrationWarnings(graphWithBias(bias), [layer], entries, how);
};
const caffe = { framework: 'caffe', walk: 'progressive', overlay: 'v2' } as const;

test('nothing to say of an ordinary calibration', () => assert.equal(warnings([0.5, -0.9], 1, caffe), []));
test('a bias beyond the output threshold is clipped on v2 only', () => {
  assert.match(warnings([0.5, -3], 1, caffe).join(), /clips the bias of 1 of 2 channels of "conv"/);
  assert.equal(warnings([0.5, -3], 1, { ...caffe, overlay: 'v3' }), []);
});
test('a bias of a channel without weights is lost where it is added to the sum', () => {
  const layer = { ...measure(1), th_params: [0, 0] };
  const entries: ScalingEntry[] = [buildEntry(layer, 'v3')];
  const lost = (bias: readonly number[]): string[] =>
    calibrationWarnings(graphWithBias(bias), [layer], entries, { ...caffe, overlay: 'v3' });
  assert.match(lost([0.5, 0]).join(), /overlay v3 loses the bias of 1 channel of "conv", whose weights are zero/);
  assert.match(lost([0.5, 1]).join(), /loses the bias of 2 channels of "conv"/);
  assert.equal(lost([0, 0]), []);
});
test('an input of zeros is named', () => assert.match(warnings([0, 0], 0, caffe).join(), /input of "conv" is zero/));
test('the reference walk of TensorFlow says what it is not for', () => {
  assert.match(
    warnings([0, 0], 1, { ...caffe, framework: 'tensorflow', walk: 'reference' }).join(),
    /--walk progressive/,
  );
});

test('poolings whose windows are clipped, or whose factor is far off, are warned of; small errors are not', () => {
  const error = (layer: string, gain: number, isClipped: boolean) => ({
    layer,
    gain,
    isClipped,
    text: `${layer} loses.`,
  });
  const errors = [error('a', -0.043, false), error('b', 0, true), error('c', 0.0156, false), error('d', 0.02, false)];
  assert.equal(poolingWarnings(errors), ['warning: a loses.', 'warning: b loses.', 'warning: d loses.']);
});

test.run();
