import { test } from 'uvu';
import { compareRuns, compareWalks } from './against-tool.js';
import { networkOf } from './random-network.js';

const layer = (type: string, bottoms: string, top: string, param = ''): string =>
  `layer { name: "${top}.${type}" type: "${type}" ${bottoms.split(' ').map((name) => `bottom: "${name}"`).join(' ')} top: "${top}" ${param} }`;
const input = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 dim: 12 dim: 12 } } }';
const convolution = 'convolution_param { num_output: 4 kernel_size: 3 pad: 1 }';
const scale = 'scale_param { bias_term: true }';

/** Small networks where the two readings once differed. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'a BatchNorm after a Scale is a layer of its own': [
    input, layer('Scale', 'data', 'a', scale), layer('BatchNorm', 'a', 'b'), layer('Convolution', 'b', 'c', convolution),
  ],
  'of two Scales after a BatchNorm the second stays': [
    input, layer('Convolution', 'data', 'a', convolution), layer('BatchNorm', 'a', 'b'), layer('Scale', 'b', 'c', scale), layer('Scale', 'c', 'd', scale),
  ],
  'two BatchNorms in a row are two layers': [
    input, layer('BatchNorm', 'data', 'a'), layer('Scale', 'a', 'b', scale), layer('BatchNorm', 'b', 'c'), layer('Scale', 'c', 'd', scale), layer('Convolution', 'd', 'e', convolution),
  ],
  'an Eltwise of inner products without entries runs on the overlay': [
    input, layer('InnerProduct', 'data', 'a', 'inner_product_param { num_output: 6 }'),
    layer('Eltwise', 'a a', 'b', 'eltwise_param { coeff: 2 coeff: -0.3 }'), layer('PReLU', 'b', 'c'),
  ],
  'an average pooling with an entry runs on the overlay above an activation of the input': [
    input, layer('ReLU', 'data', 'a'), layer('Pooling', 'a', 'b', 'pooling_param { pool: AVE kernel_size: 2 }'), layer('Convolution', 'b', 'c', convolution),
  ],
  'a host value is quantized once, for its first reader, and rescaled for others': [
    input, layer('Convolution', 'data', 'a', convolution), layer('Sigmoid', 'a', 'b'), layer('Eltwise', 'a b', 'c'),
    layer('Convolution', 'b', 'd', convolution), layer('Concat', 'b d', 'e'),
  ],
  'an LRN that only the host reads stays as it is through a Flatten': [
    input, layer('Convolution', 'data', 'a', convolution), layer('LRN', 'a', 'b'), layer('Flatten', 'b', 'c'), layer('Softmax', 'c', 'd'),
  ],
};

for (const [name, layers] of Object.entries(cases)) {
  for (const overlay of ['v2', 'v3'] as const) {
    test(`${name}, ${overlay}`, async () => {
      const network = { ...networkOf(layers.join('\n'), 5), overlay, includeInnerProduct: false };
      await compareRuns(network, await compareWalks(network));
    });
  }
}

test.run();
