import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildEntry, type ScalingEntry } from '../../src/scaling/index.js';
import { compareScaling } from '../../src/scaling-file/compare.js';
import { sample } from './samples.js';

test('equal files: nothing moved', () => {
  assert.equal(compareScaling(sample(), sample()), { moves: [], onlyFirst: [], onlySecond: [] });
});

test('what moved comes worst first, with the worst channel and how many moved', () => {
  const [conv1, conv2, sum] = sample();
  const other = [
    { ...conv1!, th_layer_out: 55, th_params: [0.5, 0.3, 0.75] },
    { ...conv2!, scale: conv2!.scale.map((value, c) => value * (c === 0 ? 2 : 4)) },
    { ...sum!, bw_layer_out: 16 },
  ];
  const { moves } = compareScaling(sample(), other);
  assert.equal(
    moves.map(({ entry, key, channel, count }) => [entry, key, channel, count]),
    [
      ['sum', 'bw_layer_out', undefined, 1],
      ['conv2', 'multiplier', 1, 2],
      ['conv1', 'th_params', 1, 1],
      ['conv1', 'th_layer_out', undefined, 1],
    ],
  );
  assert.equal(
    moves.map(({ relative }) => Math.round(relative * 1000) / 1000),
    [Infinity, 0.75, 0.167, 0.091],
  );
});

test('other steps to the same multiplier are a difference, whatever the tolerance', () => {
  const [conv1] = sample();
  const traded = {
    ...conv1!,
    scale: conv1!.scale.map((value) => value / 2),
    postscale_shift: conv1!.postscale_shift.map((shift) => shift - 1),
  };
  const later = {
    ...conv1!,
    prescale_shift: conv1!.prescale_shift.map((shift, c) => (c === 1 ? shift - 2 : shift)),
    postscale_shift: conv1!.postscale_shift.map((shift, c) => (c === 1 ? shift + 2 : shift)),
  };
  const found = (other: ScalingEntry): unknown =>
    compareScaling([conv1!], [other]).moves.map(({ key, channel, relative, count }) => [key, channel, relative, count]);
  assert.equal(found(traded), [
    ['scale', 0, Infinity, 3],
    ['postscale_shift', 0, Infinity, 3],
  ]);
  assert.equal(found(later), [
    ['prescale_shift', 1, Infinity, 1],
    ['postscale_shift', 1, Infinity, 1],
  ]);
});

test('triples that follow their multipliers over a power of two are no difference of their own', () => {
  const thresholds = { name: 'c', form: 'Convolution', th_layer_in: 1, th_params: [1], channels: 1, area: 1 } as const;
  const widths = { bw_layer_in: 8, bw_layer_out: 8, bw_params: 8 } as const;
  // The multiplier is 1 / (127 * th_layer_out): a little more and a little less than 2^-7.
  const entry = (out: number): ScalingEntry => buildEntry({ ...thresholds, ...widths, th_layer_out: out }, 'v2');
  const [above, below] = [entry(0.99), entry(1.03)];
  assert.not.equal(above.prescale_shift, below.prescale_shift);
  const keys = compareScaling([above], [below]).moves.map(({ key }) => key);
  assert.equal(keys.sort(), ['multiplier', 'sf_layer_out', 'th_layer_out']);
  const shifted = { ...below, prescale_shift: [5], postscale_shift: below.postscale_shift.map((shift) => shift + 2) };
  assert.ok(compareScaling([above], [shifted]).moves.some(({ key }) => key === 'prescale_shift'));
});

test('power-of-two thresholds on two overlays: the multipliers are the same, the triples are not', () => {
  const thresholds = { form: 'Convolution', th_layer_in: 127, th_layer_out: 127, channels: 1, area: 1 } as const;
  const widths = { bw_layer_in: 8, bw_layer_out: 8, bw_params: 8 } as const;
  const on = (overlay: 'v2' | 'v3'): ScalingEntry =>
    buildEntry({ ...thresholds, ...widths, name: 'c', th_params: [127 / 256] }, overlay);
  assert.equal(
    compareScaling([on('v2')], [on('v3')]).moves.map(({ key }) => key),
    ['prescale_shift', 'scale', 'postscale_shift'],
  );
});

test('entries of one file only, and lists of other lengths', () => {
  const [conv1, conv2] = sample();
  const { onlyFirst, onlySecond, moves } = compareScaling(
    [conv1!, conv2!],
    [
      { ...conv2!, th_params: [1] },
      { ...conv1!, name: 'new' },
    ],
  );
  assert.equal([onlyFirst, onlySecond], [['conv1'], ['new']]);
  assert.equal(
    moves.map(({ key, relative }) => [key, relative]),
    [['th_params.length', Infinity]],
  );
});

test.run();
