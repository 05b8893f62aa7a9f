import { test } from 'uvu';
import type { ConvolutionAttrs } from '../../src/ops/convolution/attributes.js';
import { convolution } from '../../src/ops/convolution/convolution.js';
import type { NodeShapes, OpNode } from '../../src/ops/op.js';
import { checkAbsorb } from './absorb.js';
import { at, sizes } from './geometry.js';
import { type Case, runCases } from './run-cases.js';

const plain: ConvolutionAttrs = {
  outChannels: 4,
  kernel: [3, 3],
  stride: [1, 1],
  pad: [1, 1, 1, 1],
  dilation: [1, 1],
  group: 1,
  bias: true,
  layout: 'NCHW',
};

/** Every product of every output, straight from the definition. */
function* products({ attrs }: OpNode<ConvolutionAttrs>, { inputs, outputs }: NodeShapes) {
  const { kernel, stride, pad, dilation, group, layout } = attrs;
  const [from, to] = [sizes(layout, inputs[0]!), sizes(layout, outputs[0]!)];
  const [ins, outs] = [from[0] / group, to[0] / group];
  for (let o = 0; o < to[0]; o++) {
    for (let p = 0; p < to[1] * to[2]; p++) {
      const list: [number, number][] = [];
      for (let k = 0; k < ins * kernel[0] * kernel[1]; k++) {
        const [i, ky, kx] = [
          Math.floor(k / kernel[0] / kernel[1]),
          Math.floor(k / kernel[1]) % kernel[0],
          k % kernel[1],
        ];
        const y = Math.floor(p / to[2]) * stride[0] - pad[0] + ky * dilation[0];
        const x = (p % to[2]) * stride[1] - pad[1] + kx * dilation[1];
        if (y >= 0 && y < from[1] && x >= 0 && x < from[2])
          list.push([at(layout, from, Math.floor(o / outs) * ins + i, y, x), k]);
      }
      yield { channel: o, pixel: p, products: list };
    }
  }
}

const expected: Case<ConvolutionAttrs>['expected'] = ([input], node) => {
  const outputs = convolution.shape(node.attrs, [input!.shape]);
  const result = new Float64Array(outputs[0]!.reduce((a, b) => a * b));
  const [channels, height, width] = sizes(node.attrs.layout, outputs[0]!);
  const depth = node.params[0]!.data.length / channels;
  for (const { channel, pixel, products: list } of products(node, {
    inputs: [input!.shape],
    outputs,
    layout: node.attrs.layout,
  })) {
    const sum = list.reduce(
      (so, [i, k]) => so + input!.data[i]! * node.params[0]!.data[channel * depth + k]!,
      node.params[1]?.data[channel] ?? 0,
    );
    result[at(node.attrs.layout, [channels, height, width], channel, Math.floor(pixel / width), pixel % width)] = sum;
  }
  return [result];
};

const planar: Omit<Case<ConvolutionAttrs>, 'expected'>[] = [
  { name: '3x3', attrs: plain, inputs: [[1, 3, 5, 6]], shapes: [[1, 4, 5, 6]] },
  {
    name: '1x1 without bias',
    attrs: { ...plain, kernel: [1, 1], pad: [0, 0, 0, 0], bias: false },
    inputs: [[1, 9, 4, 4]],
  },
  {
    name: 'rectangular',
    attrs: { ...plain, kernel: [1, 5], pad: [0, 2, 0, 2], stride: [2, 1] },
    inputs: [[1, 2, 7, 6]],
    shapes: [[1, 4, 4, 6]],
  },
  {
    name: 'strided, floor of the size',
    attrs: { ...plain, stride: [2, 2], pad: [0, 0, 0, 0] },
    inputs: [[1, 2, 8, 8]],
    shapes: [[1, 4, 3, 3]],
  },
  {
    name: 'dilated',
    attrs: { ...plain, dilation: [2, 3], pad: [2, 3, 2, 3] },
    inputs: [[1, 2, 7, 8]],
    shapes: [[1, 4, 7, 8]],
  },
  {
    name: 'uneven padding',
    attrs: { ...plain, stride: [2, 2], pad: [0, 0, 1, 1] },
    inputs: [[1, 3, 8, 8]],
    shapes: [[1, 4, 4, 4]],
  },
  { name: 'groups', attrs: { ...plain, outChannels: 6, group: 2 }, inputs: [[1, 4, 5, 5]] },
  { name: 'depthwise', attrs: { ...plain, outChannels: 5, group: 5 }, inputs: [[1, 5, 6, 6]] },
  {
    name: 'depthwise, two outputs each',
    attrs: { ...plain, outChannels: 6, group: 3, stride: [2, 2] },
    inputs: [[1, 3, 6, 6]],
  },
  { name: 'one pixel', attrs: { ...plain, kernel: [1, 1], pad: [0, 0, 0, 0] }, inputs: [[1, 1, 1, 1]] },
  {
    name: 'one column, a stride far beyond the input',
    attrs: { ...plain, pad: [1, 0, 1, 0], stride: [2, 2 ** 31] },
    inputs: [[1, 3, 5, 5]],
    shapes: [[1, 4, 3, 1]],
  },
  {
    name: 'padding wider than the input',
    attrs: { ...plain, kernel: [2, 2], pad: [3, 3, 3, 3] },
    inputs: [[1, 2, 2, 2]],
    shapes: [[1, 4, 7, 7]],
  },
];
const channelsLast = (shape: readonly number[]): number[] => [shape[0]!, shape[2]!, shape[3]!, shape[1]!];
const cases = planar.flatMap((one): Case<ConvolutionAttrs>[] => [
  { ...one, expected },
  {
    name: `${one.name}, channels last`,
    attrs: { ...one.attrs, layout: 'NHWC' },
    layout: 'NHWC',
    expected,
    inputs: [channelsLast(one.inputs[0] as number[])],
    shapes: one.shapes?.map(channelsLast),
  },
]);

runCases(
  convolution,
  cases,
  [
    {
      name: 'a group that does not divide the inputs',
      attrs: { ...plain, group: 2 },
      inputs: [[1, 3, 5, 5]],
      message: /group that divides 3 input channels, got 2/,
    },
    {
      name: 'a group that does not divide the outputs',
      attrs: { ...plain, outChannels: 5, group: 2 },
      inputs: [[1, 4, 5, 5]],
      message: /divides 5 output channels, got 2/,
    },
    {
      name: 'a kernel larger than the input',
      attrs: { ...plain, pad: [0, 0, 0, 0] },
      inputs: [[1, 3, 2, 5]],
      message: /kernel within the padded input, got 3 over 2 rows/,
    },
    {
      name: 'a pad that no memory holds',
      attrs: { ...plain, stride: [20000, 20000], pad: [20000, 20000, 20000, 20000] },
      inputs: [[1, 3, 5, 5]],
      message: /padded input of fewer than 2\^30 elements, got 3x40005x40005/,
    },
    {
      name: 'a dilation of 0',
      attrs: { ...plain, dilation: [1, 0] },
      inputs: [[1, 3, 5, 5]],
      message: /dilation of at least 1, got 0/,
    },
    {
      name: 'a kernel of 0',
      attrs: { ...plain, kernel: [0, 3] },
      inputs: [[1, 3, 5, 5]],
      message: /kernel_size of at least 1, got 0/,
    },
    {
      name: 'a stride of 0',
      attrs: { ...plain, stride: [0, 1] },
      inputs: [[1, 3, 5, 5]],
      message: /stride of at least 1, got 0/,
    },
    {
      name: 'no output channels',
      attrs: { ...plain, outChannels: 0 },
      inputs: [[1, 3, 5, 5]],
      message: /num_output of at least 1, got 0/,
    },
    { name: 'a flat input', attrs: plain, inputs: [[1, 3]], message: /4-dimensional input, got 1x3/ },
    {
      name: 'two inputs',
      attrs: plain,
      inputs: [
        [1, 3, 5, 5],
        [1, 3, 5, 5],
      ],
      message: /1 input, got 2/,
    },
  ],
  products,
);

const unpadded: ConvolutionAttrs = { ...plain, outChannels: 4, kernel: [3, 2], bias: true, pad: [0, 0, 0, 0] };
const padded: ConvolutionAttrs = { ...unpadded, pad: [1, 1, 1, 1] };
checkAbsorb(convolution, { name: 'plain', attrs: padded, shape: [1, 3, 5, 5], side: 'output' });
checkAbsorb(convolution, {
  name: 'without bias',
  attrs: { ...padded, bias: false },
  shape: [1, 3, 5, 5],
  side: 'output',
});
checkAbsorb(convolution, {
  name: 'groups, channels last',
  attrs: { ...padded, group: 2, layout: 'NHWC' },
  shape: [1, 5, 5, 4],
  side: 'output',
  layout: 'NHWC',
});
checkAbsorb(convolution, { name: 'unpadded', attrs: unpadded, shape: [1, 3, 5, 5], side: 'input' });
checkAbsorb(convolution, {
  name: 'unpadded groups',
  attrs: { ...unpadded, group: 2 },
  shape: [1, 4, 5, 5],
  side: 'input',
});
checkAbsorb(convolution, {
  name: 'unpadded, channels last',
  attrs: { ...unpadded, layout: 'NHWC', bias: false },
  shape: [1, 5, 5, 3],
  side: 'input',
  layout: 'NHWC',
});
checkAbsorb(convolution, { name: 'padded', attrs: padded, shape: [1, 3, 5, 5], side: 'input', taken: false });
checkAbsorb(convolution, {
  name: 'padded, 0 stays 0',
  attrs: padded,
  shape: [1, 3, 5, 5],
  side: 'input',
  shifted: false,
});

test.run();
