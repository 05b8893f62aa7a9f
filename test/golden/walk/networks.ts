/** The small networks of the recorded walks, as text; weights and images follow from the name's seed. */
import type { QuantizeFlags } from '../../../src/jobs/quantize.js';

/** A recorded case: a network, the flags of its calibration, and the layers whose codes on the overlay are recorded. */
export interface WalkCase {
  readonly name: string;
  /** Seed of weights and images. */
  readonly seed: number;
  readonly prototxt: string;
  /** Whether the network is given as a TensorFlow graph that computes the same. */
  readonly isTensorFlow?: boolean;
  readonly flags: Pick<
    QuantizeFlags,
    'overlay' | 'bitwidths' | 'include_inner_product' | 'unify_concat' | 'power_of_two' | 'walk'
  >;
  readonly layers: readonly string[];
}

const input = (size: number): string =>
  `layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: ${size} dim: ${size} } } }`;

/** A layer that writes a top of its own name, or its bottom where it works in place. */
function layer(type: string, name: string, bottoms: string, param = '', top = name): string {
  const list = bottoms
    .split(' ')
    .map((bottom) => `bottom: "${bottom}"`)
    .join(' ');
  return `layer { name: "${name}" type: "${type}" ${list} top: "${top}"${param === '' ? '' : ` ${param}`} }`;
}

const inPlace = (type: string, name: string, blob: string, param = ''): string => layer(type, name, blob, param, blob);

const convolution = (name: string, bottom: string, outputs: number, kernel = 3, more = ''): string =>
  layer(
    'Convolution',
    name,
    bottom,
    `convolution_param { num_output: ${outputs} kernel_size: ${kernel} pad: ${(kernel - 1) / 2}${more} }`,
  );

const pooling = (name: string, bottom: string, how: string): string =>
  layer('Pooling', name, bottom, `pooling_param { ${how} }`);

/** Batch norm and scale behind a layer, in place. */
const normalised = (blob: string): string[] => [
  inPlace('BatchNorm', `${blob}/bn`, blob),
  inPlace('Scale', `${blob}/scale`, blob, 'scale_param { bias_term: true }'),
];

const leaky = (slope: number): string => `relu_param { negative_slope: ${slope} }`;

/** Two Concats, one inside the other; a pooled branch and one that is read twice. */
const inception = [
  input(10),
  convolution('stem', 'data', 4),
  inPlace('ReLU', 'stem/relu', 'stem'),
  convolution('left', 'stem', 3, 1),
  inPlace('ReLU', 'left/relu', 'left'),
  convolution('middle', 'stem', 4),
  pooling('right', 'stem', 'pool: MAX kernel_size: 3 stride: 1 pad: 1'),
  layer('Concat', 'inner', 'left middle'),
  layer('Concat', 'outer', 'inner right'),
  pooling('half', 'outer', 'pool: MAX kernel_size: 2 stride: 2'),
  convolution('reader', 'half', 4),
  convolution('again', 'middle', 2, 1),
];

const averages = [
  input(9),
  convolution('conv1', 'data', 5),
  inPlace('ReLU', 'relu1', 'conv1'),
  pooling('padded', 'conv1', 'pool: AVE kernel_size: 3 stride: 2 pad: 1'),
  convolution('conv2', 'padded', 6),
  pooling('whole', 'conv2', 'pool: AVE global_pooling: true'),
  layer('InnerProduct', 'classes', 'whole', 'inner_product_param { num_output: 7 }'),
];

export const cases: readonly WalkCase[] = [
  {
    name: 'concat-v2',
    seed: 11,
    prototxt: inception.join('\n'),
    flags: { overlay: 'v2', bitwidths: [8, 8, 8] },
    layers: ['stem/relu', 'inner', 'outer', 'reader', 'again'],
  },
  {
    name: 'unified-concat-v3',
    seed: 12,
    prototxt: inception.join('\n'),
    flags: { overlay: 'v3', bitwidths: [8, 8, 8], unify_concat: true, power_of_two: true },
    layers: ['left', 'outer', 'half', 'reader'],
  },
  {
    name: 'residual-depthwise-v3',
    seed: 13,
    prototxt: [
      input(10),
      convolution('conv1', 'data', 6),
      ...normalised('conv1'),
      inPlace('ReLU', 'relu1', 'conv1'),
      convolution('depthwise', 'conv1', 6, 3, ' group: 6 bias_term: false'),
      ...normalised('depthwise'),
      inPlace('ReLU', 'relu2', 'depthwise'),
      convolution('pointwise', 'depthwise', 6, 1, ' bias_term: false'),
      ...normalised('pointwise'),
      layer('Eltwise', 'sum', 'conv1 pointwise'),
      inPlace('ReLU', 'relu3', 'sum'),
      layer('Eltwise', 'weighed', 'sum conv1', 'eltwise_param { coeff: 1 coeff: -0.5 }'),
      inPlace('BatchNorm', 'alone/bn', 'weighed'),
      convolution('last', 'weighed', 3, 1),
    ].join('\n'),
    flags: { overlay: 'v3', bitwidths: [8, 8, 8] },
    layers: ['relu2', 'sum', 'relu3', 'weighed', 'last'],
  },
  {
    name: 'leaky-v2',
    seed: 14,
    prototxt: [
      input(10),
      convolution('conv1', 'data', 4),
      inPlace('ReLU', 'leaky1', 'conv1', leaky(0.1)),
      convolution('conv2', 'conv1', 4),
      inPlace('PReLU', 'prelu2', 'conv2'),
      layer('Eltwise', 'most', 'conv1 conv2', 'eltwise_param { operation: MAX }'),
      inPlace('ReLU', 'leaky3', 'most', leaky(0.25)),
      layer('Deconvolution', 'up', 'most', 'convolution_param { num_output: 2 kernel_size: 2 stride: 2 }'),
      layer('ReLU', 'leaky4', 'up', leaky(0.3)),
      convolution('conv5', 'leaky4', 2, 1),
      convolution('conv6', 'up', 2, 1),
    ].join('\n'),
    flags: { overlay: 'v2', bitwidths: [8, 8, 8] },
    layers: ['leaky1', 'prelu2', 'leaky3', 'conv5', 'conv6'],
  },
  {
    name: 'average-pooling-v2',
    seed: 15,
    prototxt: averages.join('\n'),
    flags: { overlay: 'v2', bitwidths: [8, 8, 8], include_inner_product: true },
    layers: ['padded', 'conv2', 'whole', 'classes'],
  },
  {
    name: 'average-pooling-v3',
    seed: 15,
    prototxt: averages.join('\n'),
    flags: { overlay: 'v3', bitwidths: [8, 8, 8], include_inner_product: true },
    layers: ['padded', 'conv2', 'whole', 'classes'],
  },
  {
    name: 'sixteen-bits-v3',
    seed: 16,
    prototxt: [
      input(8),
      convolution('conv1', 'data', 4),
      inPlace('ReLU', 'relu1', 'conv1'),
      layer('LRN', 'norm', 'conv1', 'lrn_param { local_size: 3 alpha: 0.05 beta: 0.75 }'),
      pooling('average', 'norm', 'pool: AVE kernel_size: 2 stride: 2'),
      convolution('conv2', 'average', 4),
      layer('Concat', 'joined', 'average conv2'),
      layer('Sigmoid', 'gate', 'joined'),
      convolution('conv3', 'gate', 3, 1),
      layer('InnerProduct', 'classes', 'conv3', 'inner_product_param { num_output: 5 }'),
    ].join('\n'),
    flags: { overlay: 'v3', bitwidths: [16, 16, 16] },
    layers: ['relu1', 'average', 'joined', 'conv3'],
  },
  {
    name: 'mixed-widths-v2',
    seed: 17,
    prototxt: averages.join('\n'),
    flags: { overlay: 'v2', bitwidths: [16, 8, 16] },
    layers: ['relu1', 'padded', 'conv2'],
  },
  {
    name: 'tensorflow-v3',
    seed: 18,
    isTensorFlow: true,
    prototxt: [
      input(8),
      convolution('conv1', 'data', 4),
      layer('BatchNorm', 'norm1', 'conv1', 'batch_norm_param { eps: 0.0001 scale_bias: true }'),
      layer('ReLU', 'relu1', 'norm1'),
      convolution('depthwise', 'relu1', 4, 3, ' group: 4'),
      layer('ReLU', 'relu2', 'depthwise'),
      pooling('half', 'relu2', 'pool: MAX kernel_size: 2 stride: 2'),
      convolution('left', 'half', 4, 1),
      layer('ReLU', 'relu3', 'left'),
      layer('Concat', 'joined', 'half relu3'),
      convolution('last', 'joined', 3, 1),
    ].join('\n'),
    flags: { overlay: 'v3', bitwidths: [8, 8, 8], walk: 'progressive' },
    layers: ['relu1', 'half', 'joined'],
  },
];
