import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importCaffe } from '../../src/caffe/index.js';
import { createEngine } from '../../src/kernels/engine.js';
import type { ConvolutionAttrs } from '../../src/ops/convolution/attributes.js';
import { deconvolution } from '../../src/ops/deconvolution.js';
import type { Affine, NodeShapes, OpNode } from '../../src/ops/op.js';
import { Runner } from '../../src/runtime/runner.js';
import { apply, channelIn, checkAbsorb, run, someAffine } from './absorb.js';
import { at, sizes } from './geometry.js';
import { type Case, compare, type Products, prepare, runCases } from './run-cases.js';

const plain: ConvolutionAttrs = {
  outChannels: 4,
  kernel: [3, 3],
  stride: [2, 2],
  pad: [1, 1, 1, 1],
  dilation: [1, 1],
  group: 1,
  bias: true,
  layout: 'NCHW',
};

/** Every input pixel scattered through the kernel: [input index, output index, channel, input channel of the group, ky, kx]. */
function* scattered({ attrs }: OpNode<ConvolutionAttrs>, { inputs, outputs }: NodeShapes) {
  const { kernel, stride, pad, dilation, group, layout } = attrs;
  const [from, to] = [sizes(layout, inputs[0]!), sizes(layout, outputs[0]!)];
  const [ins, outs] = [from[0] / group, to[0] / group];
  for (let i = 0; i < from[0]; i++)
    for (let y = 0; y < from[1]; y++)
      for (let x = 0; x < from[2]; x++) {
        for (let o = 0; o < outs; o++)
          for (let ky = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++) {
              const [v, u] = [y * stride[0] - pad[0] + ky * dilation[0], x * stride[1] - pad[1] + kx * dilation[1]];
              if (v < 0 || v >= to[1] || u < 0 || u >= to[2]) continue;
              yield {
                from: at(layout, from, i, y, x),
                channel: Math.floor(i / ins) * outs + o,
                pixel: v * to[2] + u,
                input: i,
                out: o,
                plane: i % ins,
                ky,
                kx,
              };
            }
      }
}

/** Weight codes are [output channel][input channel][row][column] with rows and columns from the far end. */
const products: Products<ConvolutionAttrs> = (node, shapes) => {
  const [channels, height, width] = sizes(node.attrs.layout, shapes.outputs[0]!);
  const lists = Array.from({ length: channels * height * width }, (_, i) => ({
    channel: Math.floor(i / height / width),
    pixel: i % (height * width),
    products: [] as [number, number][],
  }));
  const [kh, kw] = node.attrs.kernel;
  for (const one of scattered(node, shapes)) {
    lists[one.channel * height * width + one.pixel]!.products.push([
      one.from,
      (one.plane * kh + kh - 1 - one.ky) * kw + kw - 1 - one.kx,
    ]);
  }
  return lists;
};

/** From the blob as Caffe stores it: [input channel][output channel of the group][row][column]. */
const expected: Case<ConvolutionAttrs>['expected'] = ([input], node) => {
  const { attrs, params } = node;
  const outputs = deconvolution.shape(attrs, [input!.shape]);
  const [channels, height, width] = sizes(attrs.layout, outputs[0]!);
  const result = new Float64Array(channels * height * width);
  const place = (channel: number, pixel: number): number =>
    at(attrs.layout, [channels, height, width], channel, Math.floor(pixel / width), pixel % width);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < height * width; p++) result[place(c, p)] = params[1]?.data[c] ?? 0;
  for (const one of scattered(node, { inputs: [input!.shape], outputs, layout: attrs.layout })) {
    const weight =
      params[0]!.data[
        ((one.input * (channels / attrs.group) + one.out) * attrs.kernel[0] + one.ky) * attrs.kernel[1] + one.kx
      ]!;
    result[place(one.channel, one.pixel)]! += input!.data[one.from]! * weight;
  }
  return [result];
};

const planar: Omit<Case<ConvolutionAttrs>, 'expected'>[] = [
  { name: '3x3 by 2', attrs: plain, inputs: [[1, 3, 4, 5]], shapes: [[1, 4, 7, 9]] },
  {
    name: 'bilinear upsampling, one group per channel',
    attrs: { ...plain, outChannels: 3, group: 3, kernel: [4, 4], bias: false },
    inputs: [[1, 3, 4, 5]],
    shapes: [[1, 3, 8, 10]],
  },
  { name: 'stride 1', attrs: { ...plain, stride: [1, 1] }, inputs: [[1, 3, 4, 5]], shapes: [[1, 4, 4, 5]] },
  {
    name: 'kernel 2 by 2 cropped: some outputs begin inside the input',
    attrs: { ...plain, kernel: [2, 2] },
    inputs: [[1, 2, 4, 4]],
    shapes: [[1, 4, 6, 6]],
  },
  {
    name: 'stride larger than the kernel: some outputs are the bias',
    attrs: { ...plain, kernel: [2, 1], stride: [3, 4], pad: [0, 0, 0, 0] },
    inputs: [[1, 2, 3, 3]],
    shapes: [[1, 4, 8, 9]],
  },
  {
    name: 'a stride far beyond the kernel, cropped',
    attrs: { ...plain, stride: [100_000, 90_000], pad: [99_998, 89_999, 99_998, 89_999] },
    inputs: [[1, 2, 3, 3]],
    shapes: [[1, 4, 7, 5]],
  },
  {
    name: 'a stride that reaches no output',
    attrs: { ...plain, stride: [2 ** 31, 2], pad: [2 ** 30, 1, 2 ** 30, 1] },
    inputs: [[1, 2, 2, 3]],
    shapes: [[1, 4, 3, 5]],
  },
  { name: 'dilated', attrs: { ...plain, dilation: [2, 3], pad: [2, 1, 2, 1] }, inputs: [[1, 2, 4, 4]] },
  {
    name: 'dilated by a multiple of the stride',
    attrs: { ...plain, dilation: [2, 4], pad: [0, 0, 0, 0] },
    inputs: [[1, 2, 4, 4]],
  },
  {
    name: 'groups, rectangular',
    attrs: { ...plain, outChannels: 4, group: 2, kernel: [3, 2], stride: [1, 2], pad: [1, 0, 0, 1] },
    inputs: [[1, 6, 3, 4]],
  },
  {
    name: 'more rows and columns than are reached',
    attrs: { ...plain, pad: [0, 0, -2, -1] },
    inputs: [[1, 2, 3, 3]],
    shapes: [[1, 4, 9, 8]],
  },
  {
    name: 'one pixel',
    attrs: { ...plain, kernel: [4, 4], stride: [4, 4], pad: [0, 0, 0, 0] },
    inputs: [[1, 2, 1, 1]],
    shapes: [[1, 4, 4, 4]],
  },
  {
    name: 'cropped deep',
    attrs: { ...plain, kernel: [5, 5], stride: [3, 3], pad: [4, 4, 4, 4] },
    inputs: [[1, 2, 5, 5]],
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
  deconvolution,
  cases,
  [
    {
      name: 'padding that leaves nothing',
      attrs: { ...plain, pad: [2, 2, 2, 2] },
      inputs: [[1, 3, 1, 1]],
      message: /output of at least 1 row, got -1/,
    },
    {
      name: 'a dilation that no memory holds',
      attrs: { ...plain, dilation: [2 ** 31, 1], pad: [2 ** 31, 1, 2 ** 31, 1] },
      inputs: [[1, 3, 4, 4]],
      message: /padded input of fewer than 2\^30 elements, got 3x2147483652x5/,
    },
    {
      name: 'a group that does not divide',
      attrs: { ...plain, group: 2 },
      inputs: [[1, 3, 4, 4]],
      message: /divides 3 input channels/,
    },
  ],
  products,
);

const transposed: ConvolutionAttrs = {
  ...plain,
  outChannels: 4,
  kernel: [3, 3],
  stride: [2, 2],
  pad: [1, 1, 1, 1],
  group: 2,
  bias: true,
};
checkAbsorb(deconvolution, {
  name: 'an offset and a factor',
  attrs: transposed,
  shape: [1, 4, 3, 3],
  side: 'output',
  taken: false,
});
checkAbsorb(deconvolution, { name: 'before it', attrs: transposed, shape: [1, 4, 3, 3], side: 'input', taken: false });
for (const [name, attrs, shape, layout] of [
  ['plain', transposed, [1, 4, 3, 3], 'NCHW'],
  ['without bias, channels last', { ...transposed, bias: false, layout: 'NHWC' }, [1, 3, 3, 4], 'NHWC'],
] as const) {
  test(`deconvolution takes in an offset at its output: ${name}`, () => {
    const { node, inputs, outputs, shapes } = prepare(deconvolution, { name, attrs, inputs: [shape], layout }, 11);
    const offset: Affine = { ...someAffine(4, 5), scale: new Float64Array(4).fill(1) };
    deconvolution.reference(node, inputs, outputs, layout);
    const want = apply(offset, outputs[0]!, channelIn(shapes.outputs[0]!, layout));
    compare(
      name,
      run(deconvolution, deconvolution.absorbAffine!(node, offset, 'output', shapes)!, inputs[0]!, layout).data,
      want.data,
      1e-5,
    );
  });
}

for (const [kernel, stride] of [
  [1, 2],
  [2, 3],
] as const)
  test(`a NaN reaches the outputs of its own taps alone, not the gaps between them: ${kernel} by ${stride}`, async () => {
    const attrs: ConvolutionAttrs = { ...plain, kernel: [kernel, kernel], stride: [stride, stride], pad: [0, 0, 0, 0] };
    const { node, shapes } = prepare(deconvolution, { name: 'gaps', attrs, inputs: [[1, 3, 3, 3]] }, 3);
    const prototxt = `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 3 dim: 3 } } }
layer { name: "up" type: "Deconvolution" bottom: "data" top: "up"
  convolution_param { num_output: 4 kernel_size: ${kernel} stride: ${stride} } }`;
    const { graph } = importCaffe({
      prototxt: new TextEncoder().encode(prototxt),
      prototxtName: 'gaps',
      seedWeights: 1,
    });
    const to = sizes('NCHW', shapes.outputs[0]!);
    for (const engine of [await createEngine(), await createEngine({ simd: 'twin' })])
      for (let bad = 0; bad < 27; bad++) {
        const input = Float32Array.from({ length: 27 }, (_, i) => (i === bad ? Number.NaN : i));
        const reached = new Set<number>();
        for (const { from, channel, pixel } of scattered(node, shapes))
          if (from === bad) reached.add(channel * to[1] * to[2] + pixel);
        const result = [...new Runner(engine, graph).run([input]).values()][0]!.data;
        const found = [...result.entries()].filter(([, value]) => Number.isNaN(value)).map(([index]) => index);
        assert.equal(
          found,
          [...reached].sort((a, b) => a - b),
        );
        engine.heap.clear();
      }
  });

test.run();
