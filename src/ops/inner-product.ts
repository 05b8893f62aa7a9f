import { channelAxis, elements, type Layout, type Shape } from '../tensor.js';
import { expectInputs, expectInteger, resolveAxis } from './axes.js';
import { accumulatorType, codesAt, plainLowering, sumsAt } from './codes.js';
import { scaleColumns, scaleRows } from './convolution.js';
import type { Affine, NodeShapes, Op, OpNode } from './op.js';
import { addExact, addRounded, type AddProduct } from './weighted-loops.js';

export type InnerProductAttrs = {
  readonly outChannels: number;
  /** Axes from here on are flattened, row-major, into the dot product; those before it stay. */
  readonly axis: number;
  /** Weights are [k][output channel] instead of [output channel][k]. */
  readonly transpose: boolean;
  readonly bias: boolean;
};

/** `rows` dot products of `depth` elements for each of `count` outputs. */
interface Sizes {
  readonly rows: number;
  readonly depth: number;
  readonly count: number;
}

function sizes({ axis, outChannels }: InnerProductAttrs, input: Shape): Sizes {
  const at = resolveAxis(axis, input.length);
  return { rows: elements(input.slice(0, at)), depth: elements(input.slice(at)), count: outChannels };
}

function rowsOf({ attrs, params }: OpNode<InnerProductAttrs>): Float32Array {
  const { data } = params[0]!;
  if (!attrs.transpose) return data;
  const [count, depth] = [attrs.outChannels, data.length / attrs.outChannels];
  return Float32Array.from({ length: data.length }, (_, index) => data[(index % depth) * count + Math.floor(index / depth)]!);
}

function sumProducts(
  { rows, depth, count }: Sizes, input: ArrayLike<number>, weights: ArrayLike<number>, add: AddProduct,
  write: (channel: number, row: number, sum: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < count; channel++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum = add(sum, input[row * depth + k]!, weights[channel * depth + k]!);
      write(channel, row, sum);
    }
  }
}

/** The channel of each k when one image of this shape is flattened whole; undefined if it is not. */
function channelOfInput({ axis }: InnerProductAttrs, input: Shape, layout: Layout): ((k: number) => number) | undefined {
  if (resolveAxis(axis, input.length) !== 1) return undefined;
  const inner = elements(input.slice(channelAxis(input.length, layout) + 1));
  const channels = input[channelAxis(input.length, layout)]!;
  return (k) => Math.floor(k / inner) % channels;
}

function absorb(node: OpNode<InnerProductAttrs>, affine: Affine, side: 'input' | 'output', { inputs, layout }: NodeShapes): OpNode<InnerProductAttrs> | undefined {
  const rows = rowsOf(node);
  const { outChannels } = node.attrs;
  const channelOf = channelOfInput(node.attrs, inputs[0]!, layout);
  if (channelOf === undefined) return undefined;
  const bias = node.params[1]?.data;
  const result = side === 'output' ? scaleRows(rows, bias, affine) : scaleColumns(rows, bias, outChannels, (_, k) => channelOf(k), affine);
  const shape = [outChannels, rows.length / outChannels];
  const params = [{ shape, data: result.rows }, { shape: [outChannels], data: result.bias }];
  return { ...node, attrs: { ...node.attrs, transpose: false, bias: true }, params };
}

/** Fully connected layer: the input flattened from `axis` on, times each row of weights, plus bias. */
export const innerProduct: Op<InnerProductAttrs> = {
  name: 'inner-product',
  caffe: {
    types: ['InnerProduct'],
    attributes(layer) {
      const message = layer.param('inner_product_param');
      return { outChannels: message['num_output'], axis: message['axis'], transpose: message['transpose'], bias: message['bias_term'] };
    },
  },
  params(attrs, inputs) {
    const { depth, count } = sizes(attrs, inputs[0]!);
    const weights = { role: 'weights', shape: attrs.transpose ? [depth, count] : [count, depth], seed: { he: depth } };
    return attrs.bias ? [weights, { role: 'bias', shape: [count], seed: 0 }] : [weights];
  },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    expectInteger('num_output', attrs.outChannels, 1);
    return [[...inputs[0]!.slice(0, resolveAxis(attrs.axis, inputs[0]!.length)), attrs.outChannels]];
  },
  rule: ({ attrs }) => ({ kind: 'weighted', entry: 'optional', channels: attrs.outChannels, form: 'InnerProduct' }),
  reference(node, [input], [output]) {
    const bias = node.params[1]?.data;
    const { count } = sizes(node.attrs, input!.shape);
    sumProducts(sizes(node.attrs, input!.shape), input!.data, rowsOf(node), addRounded, (channel, row, sum) => {
      output!.data[row * count + channel] = sum + (bias?.[channel] ?? 0);
    });
  },
  weightRows: rowsOf,
  accumulate(node, shapes, weightCodes, bits) {
    const size = sizes(node.attrs, shapes.inputs[0]!);
    const type = accumulatorType(weightCodes, size.depth, bits);
    const lowering = plainLowering((engine, at) => {
      const codes = codesAt(engine, at.inputs[0]!, size.rows * size.depth, bits.input);
      const sums = sumsAt(engine, at.outputs[0]!, size.rows * size.count, type);
      sumProducts(size, codes, weightCodes, addExact, (channel, row, sum) => (sums[channel * size.rows + row] = sum));
    });
    return { lowering, type };
  },
  macs(node, { inputs }) {
    const { rows, depth, count } = sizes(node.attrs, inputs[0]!);
    return rows * depth * count;
  },
  absorbAffine: absorb,
};
