import { test } from 'uvu';
import { absVal } from '../../src/ops/abs-val.js';
import { argmax } from '../../src/ops/argmax.js';
import { axpy } from '../../src/ops/axpy.js';
import { bnll } from '../../src/ops/bnll.js';
import { clip } from '../../src/ops/clip.js';
import { elu } from '../../src/ops/elu.js';
import { exp } from '../../src/ops/exp.js';
import { log } from '../../src/ops/log.js';
import { type LrnAttrs, lrn } from '../../src/ops/lrn.js';
import { type MvnAttrs, mvn } from '../../src/ops/mvn.js';
import { type NormalizeAttrs, normalize } from '../../src/ops/normalize.js';
import { power } from '../../src/ops/power.js';
import { sigmoid } from '../../src/ops/sigmoid.js';
import { softmax } from '../../src/ops/softmax.js';
import { swish } from '../../src/ops/swish.js';
import { tanh } from '../../src/ops/tanh.js';
import { threshold } from '../../src/ops/threshold.js';
import type { Tensor } from '../../src/tensor.js';
import { runCases } from './run-cases.js';

const row = (...values: number[]) => ({ shape: [1, values.length], data: Float32Array.from(values) });
const wide = row(-1000, -20, -3, -0.5, -1e-20, 0, 1e-20, 0.25, 2, 10, 60);
const mapped =
  (f: (x: number) => number) =>
  ([input]: readonly Tensor[]) => [Array.from(input!.data, (x) => Math.fround(f(x)))];

/** Checks every element by itself: a table whose values span magnitudes. */
const single = (name: string, attrs: any, x: number, y: number) => ({
  name: `${name} of ${x}`,
  attrs,
  inputs: [row(x)],
  expected: [[Math.fround(y)]],
  tolerance: 1e-7,
});

runCases(sigmoid, [
  { name: 'everywhere', attrs: {}, inputs: [wide], expected: mapped((x) => 1 / (1 + Math.exp(-x))), tolerance: 1e-7 },
  single('far below', {}, -100, 3.720075976020836e-44),
  single('the middle', {}, 0, 0.5),
  single('far above', {}, 1000, 1),
  single('below all', {}, -1000, 0),
]);
runCases(tanh, [
  { name: 'everywhere', attrs: {}, inputs: [wide], expected: mapped(Math.tanh), tolerance: 1e-7 },
  single('a small number', {}, 1e-20, 1e-20),
]);
runCases(elu, [
  {
    name: 'everywhere',
    attrs: { alpha: 1 },
    inputs: [row(-50, -1, -0.25, 0, 3)],
    expected: mapped((x) => (x > 0 ? x : Math.expm1(x))),
    tolerance: 1e-7,
  },
  single('alpha 2', { alpha: 2 }, -1, 2 * Math.expm1(-1)),
]);
runCases(threshold, [
  {
    name: 'equal is not above',
    attrs: { threshold: 0.5 },
    inputs: [row(-1, 0.5, 0.75)],
    expected: [[0, 0, 1]],
    tolerance: 0,
  },
]);
runCases(swish, [
  {
    name: 'everywhere',
    attrs: { beta: 1.5 },
    inputs: [wide],
    expected: mapped((x) => x / (1 + Math.exp(-1.5 * x))),
    tolerance: 1e-7,
  },
]);
runCases(
  clip,
  [
    {
      name: 'both ends',
      attrs: { min: -1, max: 2 },
      inputs: [row(-3, -1, 0, 2, 5)],
      expected: [[-1, -1, 0, 2, 2]],
      tolerance: 0,
    },
    {
      name: 'a rectifier with a ceiling',
      attrs: { min: 0, max: 2 },
      inputs: [row(-3, 0, 1, 5)],
      expected: [[0, 0, 1, 2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'ends the wrong way round',
      attrs: { min: 1, max: 0 },
      inputs: [[1, 2]],
      message: /max of at least 1, got 0/,
    },
  ],
);
runCases(
  axpy,
  [
    {
      name: 'a factor for each channel',
      attrs: {},
      inputs: [
        { shape: [1, 2, 1, 1], data: Float32Array.of(2, -1) },
        { shape: [1, 2, 1, 2], data: Float32Array.of(1, 2, 3, 4) },
        { shape: [1, 2, 1, 2], data: Float32Array.of(10, 20, 30, 40) },
      ],
      expected: [[12, 24, 27, 36]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'factors of another count',
      attrs: {},
      inputs: [
        [1, 3, 1, 1],
        [1, 2, 4, 4],
        [1, 2, 4, 4],
      ],
      message: /a factor for each channel of 1x2x4x4, got 1x3x1x1/,
    },
    {
      name: 'a sum of two shapes',
      attrs: {},
      inputs: [
        [1, 2],
        [1, 2, 4, 4],
        [1, 2, 4, 3],
      ],
      message: /one shape/,
    },
  ],
);
runCases(absVal, [
  { name: 'both signs', attrs: {}, inputs: [row(-1.5, -0, 0, 2)], expected: [[1.5, 0, 0, 2]], tolerance: 0 },
]);
runCases(bnll, [
  {
    name: 'everywhere',
    attrs: {},
    inputs: [row(-200, -1, 0, 1, 200)],
    expected: mapped((x) => (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    tolerance: 1e-7,
  },
]);
runCases(power, [
  {
    name: 'a line',
    attrs: { power: 1, scale: 2, shift: 1 },
    inputs: [row(-3, 0, 3)],
    expected: [[-5, 1, 7]],
    tolerance: 0,
  },
  {
    name: 'a square of both signs',
    attrs: { power: 2, scale: 1, shift: -1 },
    inputs: [row(-3, 0, 3)],
    expected: [[16, 1, 4]],
    tolerance: 0,
  },
  {
    name: 'power 0',
    attrs: { power: 0, scale: 1, shift: 0 },
    inputs: [row(-3, 0, 3)],
    expected: [[1, 1, 1]],
    tolerance: 0,
  },
  {
    name: 'a root',
    attrs: { power: 0.5, scale: 1, shift: 0 },
    inputs: [row(0, 4, 9)],
    expected: [[0, 2, 3]],
    tolerance: 0,
  },
  single('an odd power', { power: Math.fround(1.7), scale: 0.5, shift: 1 }, 3, 2.5 ** Math.fround(1.7)),
  single('a negative power', { power: -2, scale: 1, shift: 0 }, -4, 1 / 16),
]);
runCases(exp, [
  single('e', { base: -1, scale: 1, shift: 0 }, 3, Math.exp(3)),
  single('e, scaled and shifted', { base: -1, scale: 0.5, shift: -1 }, 3, Math.exp(0.5)),
  single('base 2', { base: 2, scale: 1, shift: 0 }, 10, 1024),
  single('base 10, shifted', { base: 10, scale: 2, shift: 1 }, -1, 0.1),
]);
runCases(log, [
  single('e', { base: -1, scale: 1, shift: 0 }, 3, Math.log(3)),
  single('base 2', { base: 2, scale: 4, shift: 0 }, 8, 5),
  single('scaled and shifted', { base: -1, scale: 2, shift: 1 }, 3, Math.log(7)),
  single('nothing', { base: -1, scale: 1, shift: 0 }, 0, -Infinity),
]);

runCases(
  softmax,
  [
    {
      name: 'large numbers',
      attrs: { axis: 1 },
      inputs: [row(1000, 1000 + Math.log(3))],
      expected: [[0.25, 0.75]],
      tolerance: 1e-4,
    },
    {
      name: 'equal numbers',
      attrs: { axis: -1 },
      inputs: [row(-7, -7, -7, -7)],
      expected: [[0.25, 0.25, 0.25, 0.25]],
      tolerance: 0,
    },
    {
      name: 'over channels',
      attrs: { axis: 1 },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([0, 1, 0, 1 + Math.log(3)]) }],
      expected: [[0.5, 0.25, 0.5, 0.75]],
    },
    {
      name: 'over the last axis',
      attrs: { axis: 2 },
      inputs: [{ shape: [1, 2, 2], data: Float32Array.from([0, 0, 0, Math.log(3)]) }],
      expected: [[0.5, 0.5, 0.25, 0.75]],
    },
  ],
  [{ name: 'an axis out of range', attrs: { axis: 2 }, inputs: [[1, 2]], message: /axis from -2 to 1, got 2/ }],
);

const across: LrnAttrs = { region: 'across', size: 3, alpha: 3, beta: 0.5, k: 1 };
runCases(
  lrn,
  [
    {
      name: 'across channels',
      attrs: across,
      inputs: [{ shape: [1, 4, 1, 1], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(6), 2 / Math.sqrt(15), 3 / Math.sqrt(30), 4 / Math.sqrt(26)]],
    },
    {
      name: 'across the last axis',
      attrs: across,
      layout: 'NHWC',
      inputs: [{ shape: [1, 1, 1, 4], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(6), 2 / Math.sqrt(15), 3 / Math.sqrt(30), 4 / Math.sqrt(26)]],
    },
    {
      name: 'more channels than there are',
      attrs: { ...across, size: 5, alpha: 5 },
      inputs: [{ shape: [1, 2, 1, 1], data: Float32Array.from([3, 4]) }],
      expected: [[3 / Math.sqrt(26), 4 / Math.sqrt(26)]],
    },
    {
      name: 'k and beta',
      attrs: { ...across, size: 1, alpha: 1, beta: 0.75, k: 7 },
      inputs: [{ shape: [1, 1, 1, 1], data: Float32Array.from([3]) }],
      expected: [[3 / 8]],
    },
    {
      name: 'within a channel: outside counts as 0',
      attrs: { ...across, region: 'within', alpha: 9 },
      inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1, 2, 3, 4].map((x) => x / Math.sqrt(31))],
    },
    {
      name: 'within, channels last',
      attrs: { ...across, region: 'within', alpha: 9 },
      layout: 'NHWC',
      inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 2, 3, 4]) }],
      expected: [[1 / Math.sqrt(11), 2 / Math.sqrt(21), 3 / Math.sqrt(11), 4 / Math.sqrt(21)]],
    },
  ],
  [
    { name: 'an even size', attrs: { ...across, size: 4 }, inputs: [[1, 4, 1, 1]], message: /odd local_size, got 4/ },
    {
      name: 'no size',
      attrs: { ...across, size: 0 },
      inputs: [[1, 4, 1, 1]],
      message: /local_size of at least 1, got 0/,
    },
  ],
);

const moments: MvnAttrs = { variance: true, acrossChannels: false, eps: 0, layout: 'NCHW' };
const four = { shape: [1, 2, 1, 2], data: Float32Array.from([1, 3, 10, 30]) };
runCases(mvn, [
  { name: 'each channel', attrs: moments, inputs: [four], expected: [[-1, 1, -1, 1]] },
  {
    name: 'eps beside the root',
    attrs: { ...moments, eps: 1 },
    inputs: [four],
    expected: [[-0.5, 0.5, -10 / 11, 10 / 11]],
  },
  { name: 'the mean alone', attrs: { ...moments, variance: false }, inputs: [four], expected: [[-1, 1, -10, 10]] },
  {
    name: 'all channels',
    attrs: { ...moments, acrossChannels: true, variance: false },
    inputs: [four],
    expected: [[-10, -8, -1, 19]],
  },
  {
    name: 'channels last',
    attrs: { ...moments, layout: 'NHWC' },
    layout: 'NHWC',
    inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([1, 10, 3, 30]) }],
    expected: [[-1, -1, 1, 1]],
  },
  {
    name: 'two images',
    attrs: { ...moments, variance: false },
    inputs: [{ shape: [2, 1, 1, 2], data: Float32Array.from([1, 3, 10, 30]) }],
    expected: [[-1, 1, -10, 10]],
  },
]);

const unit: NormalizeAttrs = { acrossSpatial: false, shared: true, eps: 0, layout: 'NCHW' };
const pixels = { shape: [1, 2, 1, 2], data: Float32Array.from([3, 6, 4, 8]) };
runCases(normalize, [
  { name: 'each pixel', attrs: unit, inputs: [pixels], params: [[5]], expected: [[3, 3, 4, 4]] },
  {
    name: 'each channel its scale',
    attrs: { ...unit, shared: false },
    inputs: [pixels],
    params: [[5, 10]],
    expected: [[3, 3, 8, 8]],
  },
  {
    name: 'the whole image',
    attrs: { ...unit, acrossSpatial: true },
    inputs: [pixels],
    params: [[1]],
    expected: [[3, 6, 4, 8].map((x) => x / Math.sqrt(125))],
  },
  {
    name: 'eps in the sum',
    attrs: { ...unit, eps: 11 },
    inputs: [{ shape: [1, 2, 1, 1], data: Float32Array.from([3, 4]) }],
    params: [[6]],
    expected: [[3, 4]],
  },
  {
    name: 'channels last',
    attrs: { ...unit, shared: false, layout: 'NHWC' },
    layout: 'NHWC',
    inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([3, 4, 6, 8]) }],
    params: [[5, 10]],
    expected: [[3, 8, 3, 8]],
  },
]);

const caffe = { axis: 1, count: 1, values: false, ties: 'highest' } as const;
const scores = { shape: [1, 4], data: Float32Array.from([3, 7, 7, 5]) };
runCases(
  argmax,
  [
    {
      name: 'equal ones: the highest index',
      attrs: caffe,
      inputs: [scores],
      shapes: [[1, 1]],
      expected: [[2]],
      tolerance: 0,
    },
    {
      name: 'equal ones: the lowest index',
      attrs: { ...caffe, ties: 'lowest' },
      inputs: [scores],
      expected: [[1]],
      tolerance: 0,
    },
    {
      name: 'the best three',
      attrs: { ...caffe, count: 3 },
      inputs: [scores],
      shapes: [[1, 3]],
      expected: [[2, 1, 3]],
      tolerance: 0,
    },
    {
      name: 'values',
      attrs: { ...caffe, count: 3, values: true },
      inputs: [scores],
      expected: [[7, 7, 5]],
      tolerance: 0,
    },
    {
      name: 'without axis',
      attrs: { ...caffe, axis: null, count: 2 },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([1, 9, 4, 3]) }],
      shapes: [[1, 1, 2, 1]],
      expected: [[1, 2]],
      tolerance: 0,
    },
    {
      name: 'without axis, indices before values',
      attrs: { ...caffe, axis: null, count: 2, values: true },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([1, 9, 4, 3]) }],
      shapes: [[1, 2, 2, 1]],
      expected: [[1, 2, 9, 4]],
      tolerance: 0,
    },
    {
      name: 'over channels of an image',
      attrs: caffe,
      inputs: [{ shape: [1, 2, 1, 3], data: Float32Array.from([1, 5, 2, 4, 3, 9]) }],
      shapes: [[1, 1, 1, 3]],
      expected: [[1, 0, 1]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'more than there are',
      attrs: { ...caffe, count: 5 },
      inputs: [[1, 4]],
      message: /top_k of at most 4, got 5/,
    },
  ],
);

test.run();
