import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ScaleAttrs, scale } from '../../src/ops/scale.js';
import { elements, type Layout } from '../../src/tensor.js';
import { type Products, prepare, runCases } from './run-cases.js';

const perChannel: ScaleAttrs = { axis: 1, numAxes: 1, bias: true };

const image = { shape: [1, 2, 1, 2], data: Float32Array.from([1, 2, 3, 4]) };

const eachChannel: Products<ScaleAttrs> = (node, { inputs, layout }) => {
  const channels = node.params[0]!.data.length;
  const pixels = elements(inputs[0]!) / channels;
  return Array.from({ length: channels * pixels }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / pixels), i % pixels];
    return { channel, pixel, products: [[layout === 'NHWC' ? pixel * channels + channel : i, 0] as const] };
  });
};

runCases(
  scale,
  [
    {
      name: 'per channel',
      attrs: perChannel,
      inputs: [image],
      params: [
        [2, 10],
        [1, -1],
      ],
      expected: [[3, 5, 29, 39]],
      tolerance: 0,
    },
    {
      name: 'without bias',
      attrs: { ...perChannel, bias: false },
      inputs: [image],
      params: [[2, 10]],
      expected: [[2, 4, 30, 40]],
      tolerance: 0,
    },
    {
      name: 'channels last',
      attrs: { ...perChannel, axis: 3 },
      layout: 'NHWC',
      inputs: [{ ...image, shape: [1, 1, 2, 2] }],
      params: [
        [2, 10],
        [1, -1],
      ],
      expected: [[3, 19, 7, 39]],
      tolerance: 0,
    },
    {
      name: 'one channel',
      attrs: perChannel,
      inputs: [{ shape: [1, 1, 1, 3], data: Float32Array.from([1, 2, 3]) }],
      params: [[2], [1]],
      expected: [[3, 5, 7]],
      tolerance: 0,
    },
    { name: 'one channel, channels last', attrs: { ...perChannel, axis: 3 }, layout: 'NHWC', inputs: [[1, 3, 5, 1]] },
    { name: 'a flat input', attrs: perChannel, inputs: [[1, 7]] },
    {
      name: 'a larger image',
      attrs: perChannel,
      inputs: [[1, 5, 4, 9]],
      expected: ([x], { params }) => [
        x!.data.map(
          (v, i) => Math.fround(v * params[0]!.data[Math.floor(i / 36)]!) + params[1]!.data[Math.floor(i / 36)]!,
        ),
      ],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an axis out of range',
      attrs: { ...perChannel, axis: 4 },
      inputs: [[1, 2, 3, 3]],
      message: /axis from -4 to 3, got 4/,
    },
    {
      name: 'a negative number of axes',
      attrs: { ...perChannel, numAxes: -2 },
      inputs: [[1, 2, 3, 3]],
      message: /num_axes of at least -1, got -2/,
    },
    {
      name: 'more axes than there are',
      attrs: { ...perChannel, axis: 2, numAxes: 3 },
      inputs: [[1, 2, 3, 3]],
      message: /at most 2 axes from axis 2 on, got num_axes 3/,
    },
    {
      name: 'a second input that does not fit',
      attrs: perChannel,
      inputs: [
        [1, 2, 3, 3],
        [1, 2],
      ],
      message: /sizes of 1x2x3x3 from axis 1 on, got 1x2/,
    },
  ],
  eachChannel,
);

runCases(scale, [
  {
    name: 'over all that follow',
    attrs: { ...perChannel, numAxes: -1 },
    inputs: [image],
    params: [
      [1, 2, 3, 4],
      [0, 0, 0, 1],
    ],
    expected: [[1, 4, 9, 17]],
  },
  {
    name: 'one number for all',
    attrs: { ...perChannel, numAxes: 0, bias: false },
    inputs: [image],
    params: [[3]],
    expected: [[3, 6, 9, 12]],
  },
  {
    name: 'columns',
    attrs: { axis: 3, numAxes: 1, bias: false },
    inputs: [image],
    params: [[1, 10]],
    expected: [[1, 20, 3, 40]],
  },
  {
    name: 'by a second input',
    attrs: { axis: 0, bias: false },
    inputs: [image, { shape: [1, 2], data: Float32Array.from([2, 3]) }],
    expected: [[2, 4, 9, 12]],
  },
  {
    name: 'by a second input, with bias',
    attrs: { axis: 1, bias: true },
    inputs: [image, { shape: [2], data: Float32Array.from([2, 3]) }],
    params: [[1, 2]],
    expected: [[3, 5, 11, 14]],
  },
]);

test('a Scale per channel folds, but not by itself', () => {
  const affine = (attrs: ScaleAttrs, layout: Layout) => {
    const { node, shapes } = prepare(scale, { name: 'affine', attrs, inputs: [[1, 2, 3, 3]], layout }, 7);
    return scale.toAffine?.(node, shapes);
  };
  assert.is(affine(perChannel, 'NCHW')?.alone, false);
  assert.is(affine({ ...perChannel, axis: 2 }, 'NCHW'), undefined);
  assert.is(affine(perChannel, 'NHWC'), undefined);
});

test.run();
