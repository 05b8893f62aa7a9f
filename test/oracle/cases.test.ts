import { test } from 'uvu';
import { compareRuns, compareWalks } from './against-tool.js';
import { networkOf } from './random-network.js';

const layer = (type: string, bottoms: string, top: string, param = ''): string =>
  `layer { name: "${top}.${type}" type: "${type}" ${bottoms
    .split(' ')
    .map((name) => `bottom: "${name}"`)
    .join(' ')} top: "${top}" ${param} }`;
const input =
  'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 dim: 12 dim: 12 } } }';
const convolution = 'convolution_param { num_output: 4 kernel_size: 3 pad: 1 }';
const average = 'pooling_param { pool: AVE kernel_size: 2 }';
const leaky = 'relu_param { negative_slope: 0.3 }';
const scale = 'scale_param { bias_term: true }';

/** Small networks where the two readings once differed. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'a BatchNorm after a Scale is a layer of its own': [
    input,
    layer('Scale', 'data', 'a', scale),
    layer('BatchNorm', 'a', 'b'),
    layer('Convolution', 'b', 'c', convolution),
  ],
  'of two Scales after a BatchNorm the second stays': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('BatchNorm', 'a', 'b'),
    layer('Scale', 'b', 'c', scale),
    layer('Scale', 'c', 'd', scale),
  ],
  'two BatchNorms in a row are two layers': [
    input,
    layer('BatchNorm', 'data', 'a'),
    layer('Scale', 'a', 'b', scale),
    layer('BatchNorm', 'b', 'c'),
    layer('Scale', 'c', 'd', scale),
    layer('Convolution', 'd', 'e', convolution),
  ],
  'an Eltwise of inner products without entries runs on the overlay': [
    input,
    layer('InnerProduct', 'data', 'a', 'inner_product_param { num_output: 6 }'),
    layer('Eltwise', 'a a', 'b', 'eltwise_param { coeff: 2 coeff: -0.3 }'),
    layer('PReLU', 'b', 'c'),
  ],
  'an average pooling with an entry runs on the overlay above an activation of the input': [
    input,
    layer('ReLU', 'data', 'a'),
    layer('Pooling', 'a', 'b', 'pooling_param { pool: AVE kernel_size: 2 }'),
    layer('Convolution', 'b', 'c', convolution),
  ],
  'a host value is quantized once, for its first reader, and rescaled for others': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('Sigmoid', 'a', 'b'),
    layer('Eltwise', 'a b', 'c'),
    layer('Convolution', 'b', 'd', convolution),
    layer('Concat', 'b d', 'e'),
  ],
  'an LRN that only the host reads stays as it is through a Flatten': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('LRN', 'a', 'b'),
    layer('Flatten', 'b', 'c'),
    layer('Softmax', 'c', 'd'),
  ],
  'an activation after a Concat works on what the pooling gave': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('Pooling', 'a', 'b', average),
    layer('Convolution', 'b', 'c', convolution),
    layer('Concat', 'b c', 'd'),
    layer('ReLU', 'b', 'e', leaky),
    layer('Convolution', 'b', 'f', convolution),
    layer('Convolution', 'e', 'g', convolution),
  ],
  'an activation in place after two Concats works on what the pooling gave': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('Pooling', 'a', 'b', average),
    layer('Convolution', 'b', 'c', convolution),
    layer('Concat', 'b c', 'd'),
    layer('Concat', 'b d', 'e'),
    layer('ReLU', 'b', 'b', leaky),
    layer('Convolution', 'b', 'f', convolution),
  ],
  'an activation after a Concat works on what a shape-only layer was given': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('Permute', 'a', 'b', 'permute_param { order: 0 order: 1 order: 3 order: 2 }'),
    layer('Convolution', 'b', 'c', convolution),
    layer('Concat', 'b c', 'd'),
    layer('ReLU', 'b', 'e', leaky),
    layer('Convolution', 'b', 'f', convolution),
    layer('Convolution', 'e', 'g', convolution),
  ],
  'a pooling of host values is float32 for an activation, and rounded for Concats': [
    input,
    layer('Convolution', 'data', 'a', convolution),
    layer('TanH', 'a', 'b'),
    layer('Pooling', 'b', 'c', average),
    layer('Convolution', 'c', 'd', convolution),
    layer('ReLU', 'c', 'e', leaky),
    layer('Convolution', 'e', 'f', convolution),
    layer('Concat', 'd f c', 'g'),
    layer('Convolution', 'c', 'h', convolution),
    layer('ReLU', 'c', 'i', leaky),
    layer('Convolution', 'i', 'j', convolution),
  ],
  'an LRN seen through a shape-only layer is rounded before a Concat': [
    input,
    layer('LRN', 'data', 'a'),
    layer('Permute', 'a', 'b', 'permute_param { order: 0 order: 1 order: 3 order: 2 }'),
    layer('Convolution', 'b', 'c', convolution),
    layer('Concat', 'b c', 'd'),
    layer('Convolution', 'b', 'e', convolution),
    layer('ReLU', 'a', 'f'),
  ],
};

for (const [name, layers] of Object.entries(cases)) {
  // 16 bits and powers of two; 8 bits, where a rounding too many shows.
  for (const [overlay, seed] of [
    ['v2', 5],
    ['v3', 5],
    ['v2', 9],
  ] as const) {
    test(`${name}, ${overlay}, seed ${seed}`, async () => {
      const network = { ...networkOf(layers.join('\n'), seed), overlay, includeInnerProduct: false };
      await compareRuns(network, await compareWalks(network));
    });
  }
}

test.run();
