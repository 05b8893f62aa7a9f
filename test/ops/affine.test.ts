import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BatchNormAttrs, batchNorm } from '../../src/ops/batch-norm.js';
import { bias } from '../../src/ops/bias.js';
import type { ConvolutionAttrs } from '../../src/ops/convolution/attributes.js';
import { convolution } from '../../src/ops/convolution/convolution.js';
import { deconvolution } from '../../src/ops/deconvolution.js';
import { innerProduct } from '../../src/ops/inner-product.js';
import type { Affine, Op, OpNode } from '../../src/ops/op.js';
import { type ScaleAttrs, scale } from '../../src/ops/scale.js';
import { elements, type Layout, type Tensor } from '../../src/tensor.js';
import { floats } from '../kernels/random.js';
import { compare, type Products, prepare, runCases } from './run-cases.js';

const column = (...values: number[]) => ({ shape: [1, values.length, 1, 1], data: Float32Array.from(values) });
const norm: BatchNormAttrs = { axis: 1, eps: 0, factor: true, scaleBias: false };
const perChannel: ScaleAttrs = { axis: 1, numAxes: 1, bias: true };
const image = { shape: [1, 2, 1, 2], data: Float32Array.from([1, 2, 3, 4]) };

runCases(batchNorm, [
  { name: 'mean and variance', attrs: norm, inputs: [column(5, 5)], params: [[1, 2], [4, 9], [1]], expected: [[2, 1]] },
  {
    name: 'a factor divides both',
    attrs: norm,
    inputs: [column(5, 5)],
    params: [[2, 4], [8, 18], [2]],
    expected: [[2, 1]],
  },
  {
    name: 'factor 0: neither counts',
    attrs: { ...norm, eps: 4 },
    inputs: [column(5, 6)],
    params: [[9, 9], [7, 7], [0]],
    expected: [[2.5, 3]],
  },
  {
    name: 'eps under the root',
    attrs: { ...norm, eps: 5 },
    inputs: [column(7)],
    params: [[1], [4], [1]],
    expected: [[2]],
  },
  {
    name: 'fused scale and bias',
    attrs: { ...norm, scaleBias: true },
    inputs: [column(5, 5)],
    params: [[1, 2], [4, 9], [1], [10, 20], [-1, 1]],
    expected: [[19, 21]],
  },
  {
    name: 'without a factor',
    attrs: { ...norm, factor: false },
    inputs: [column(5)],
    params: [[1], [4]],
    expected: [[2]],
  },
  {
    name: 'a flat input',
    attrs: norm,
    inputs: [{ shape: [1, 2], data: Float32Array.from([5, 5]) }],
    params: [[1, 2], [4, 9], [1]],
    expected: [[2, 1]],
  },
]);

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

runCases(bias, [
  {
    name: 'per channel',
    attrs: { axis: 1, numAxes: 1 },
    inputs: [image],
    params: [[10, 20]],
    expected: [[11, 12, 23, 24]],
    tolerance: 0,
  },
  {
    name: 'one number for all',
    attrs: { axis: 1, numAxes: 0 },
    inputs: [image],
    params: [[1]],
    expected: [[2, 3, 4, 5]],
    tolerance: 0,
  },
  {
    name: 'a second input of the same shape',
    attrs: { axis: 0 },
    inputs: [image, { ...image }],
    expected: [[2, 4, 6, 8]],
    tolerance: 0,
  },
]);

test('which affine node may fold by itself', () => {
  const affine = (
    op: Op<any>,
    attrs: object,
    layout: Layout = 'NCHW',
    shape: number[] = [1, 2, 3, 3],
  ): Affine | undefined => {
    const { node, shapes } = prepare(op, { name: op.name, attrs, inputs: [shape], layout }, 7);
    return op.toAffine!(node, shapes);
  };
  assert.is(affine(batchNorm, { ...norm, eps: 9 })?.alone, true);
  assert.is(affine(scale, perChannel)?.alone, false);
  assert.is(affine(bias, { axis: 1 })?.alone, false);
  assert.is(affine(scale, { ...perChannel, axis: 2 }), undefined);
  assert.is(affine(scale, perChannel, 'NHWC'), undefined);
  assert.is(affine(batchNorm, { ...norm, axis: 3, eps: 9 }, 'NHWC', [1, 3, 3, 2])?.scale.length, 2);
});

/** Runs a node's reference. */
function run<A>(op: Op<A>, node: OpNode<A>, input: Tensor, layout: Layout): Tensor {
  const output = op.shape(node.attrs, [input.shape])[0]!;
  const result = { shape: output, data: new Float32Array(elements(output)) };
  op.reference(node, [input], [result], layout);
  return result;
}

/** A seeded affine map over channels. */
function someAffine(channels: number, seed: number, shifted = true): Affine {
  const shift = Float64Array.from(floats(channels, seed + 1));
  return { scale: Float64Array.from(floats(channels, seed, 3)), shift: shifted ? shift : shift.fill(0), alone: true };
}

function apply(
  { scale: factors, shift }: Affine,
  { shape, data }: Tensor,
  channelOf: (index: number) => number,
): Tensor {
  return { shape, data: data.map((x, i) => x * factors[channelOf(i)]! + shift[channelOf(i)]!) };
}

const channelIn =
  (shape: readonly number[], layout: Layout) =>
  (index: number): number =>
    shape.length < 3 || layout === 'NHWC'
      ? index % shape.at(-1)!
      : Math.floor(index / elements(shape.slice(2))) % shape[1]!;

/** `node` after and before an affine map, against the node that took the map in. */
function checkAbsorb<A>(
  name: string,
  op: Op<A>,
  attrs: A,
  shape: number[],
  layout: Layout,
  side: 'input' | 'output',
  taken = true,
  shifted = true,
): void {
  test(`${op.name} ${taken ? 'takes in' : 'leaves'} an affine map at its ${side}: ${name}`, () => {
    const { node, inputs, outputs, shapes } = prepare(op, { name, attrs, inputs: [shape], layout }, 11);
    const around = side === 'input' ? shapes.inputs[0]! : shapes.outputs[0]!;
    const channels = layout === 'NCHW' ? around[1]! : around.at(-1)!;
    const affine = someAffine(channels, 5, shifted);
    const absorbed = op.absorbAffine!(node, affine, side, shapes);
    assert.is(absorbed !== undefined, taken);
    if (absorbed === undefined) return;
    op.reference(
      node,
      [side === 'input' ? apply(affine, inputs[0]!, channelIn(shape, layout)) : inputs[0]!],
      outputs,
      layout,
    );
    const want = side === 'output' ? apply(affine, outputs[0]!, channelIn(around, layout)) : outputs[0]!;
    const specs = op.params!(absorbed.attrs, shapes.inputs);
    assert.equal(
      absorbed.params.map((param) => elements(param.shape)),
      specs.map((spec) => elements(spec.shape)),
    );
    compare(name, run(op, absorbed, inputs[0]!, layout).data, want.data, 1e-5);
  });
}

const conv: ConvolutionAttrs = {
  outChannels: 4,
  kernel: [3, 2],
  stride: [1, 1],
  pad: [0, 0, 0, 0],
  dilation: [1, 1],
  group: 1,
  bias: true,
  layout: 'NCHW',
};
const padded: ConvolutionAttrs = { ...conv, pad: [1, 1, 1, 1] };
const product = { outChannels: 5, axis: 1, transpose: false, bias: true };
checkAbsorb('plain', convolution, padded, [1, 3, 5, 5], 'NCHW', 'output');
checkAbsorb('without bias', convolution, { ...padded, bias: false }, [1, 3, 5, 5], 'NCHW', 'output');
checkAbsorb(
  'groups, channels last',
  convolution,
  { ...padded, group: 2, layout: 'NHWC' },
  [1, 5, 5, 4],
  'NHWC',
  'output',
);
checkAbsorb('unpadded', convolution, conv, [1, 3, 5, 5], 'NCHW', 'input');
checkAbsorb('unpadded groups', convolution, { ...conv, group: 2 }, [1, 4, 5, 5], 'NCHW', 'input');
checkAbsorb(
  'unpadded, channels last',
  convolution,
  { ...conv, layout: 'NHWC', bias: false },
  [1, 5, 5, 3],
  'NHWC',
  'input',
);
checkAbsorb('padded', convolution, padded, [1, 3, 5, 5], 'NCHW', 'input', false);
checkAbsorb('padded, 0 stays 0', convolution, padded, [1, 3, 5, 5], 'NCHW', 'input', true, false);
checkAbsorb('plain', innerProduct, product, [1, 3, 2, 2], 'NCHW', 'output');
checkAbsorb('transposed', innerProduct, { ...product, transpose: true, bias: false }, [1, 6], 'NCHW', 'output');
checkAbsorb('an image', innerProduct, product, [1, 3, 2, 2], 'NCHW', 'input');
checkAbsorb('an image, channels last', innerProduct, product, [1, 2, 2, 3], 'NHWC', 'input');
checkAbsorb('a vector, transposed', innerProduct, { ...product, transpose: true }, [1, 6], 'NCHW', 'input');
checkAbsorb('several rows', innerProduct, { ...product, axis: 2 }, [1, 3, 4], 'NCHW', 'input', false);

const transposed: ConvolutionAttrs = { ...conv, kernel: [3, 3], stride: [2, 2], pad: [1, 1, 1, 1], group: 2 };
checkAbsorb('an offset and a factor', deconvolution, transposed, [1, 4, 3, 3], 'NCHW', 'output', false);
checkAbsorb('before it', deconvolution, transposed, [1, 4, 3, 3], 'NCHW', 'input', false);
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

test.run();
