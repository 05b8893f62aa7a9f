import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { throws } from '../throws.js';

const read = (text: string) => readPrototxt(text, 'net.prototxt');

test('V1 layers get the types of today', () => {
  const net = read(
    'layers { name: "a" type: INNER_PRODUCT inner_product_param { num_output: 5 } } layers { name: "b" type: 18 } layers { name: "c" type: SOFTMAX_LOSS }',
  );
  assert.equal(
    net.layers.map((layer) => layer.type),
    ['InnerProduct', 'ReLU', 'SoftmaxWithLoss'],
  );
  assert.equal(net.layers[0]!.message['inner_product_param'], { num_output: 5 });
});

test('V0 layers: flat parameters, and padding layers folded into their convolution', () => {
  const net = read(`
    layers { layer { name: "data" type: "data" source: "x" cropsize: 227 batchsize: 50 } top: "data" top: "label" }
    layers { layer { name: "pad1" type: "padding" pad: 2 } bottom: "data" top: "padded" }
    layers { layer { name: "conv1" type: "conv" num_output: 96 kernelsize: 11 stride: 4 group: 2 biasterm: false } bottom: "padded" top: "conv1" }
    layers { layer { name: "pool1" type: "pool" pool: AVE kernelsize: 3 stride: 2 } bottom: "conv1" top: "pool1" }
    layers { layer { name: "norm1" type: "lrn" local_size: 5 alpha: 0.5 } bottom: "pool1" top: "norm1" }
    layers { layer { name: "fc" type: "innerproduct" num_output: 10 } bottom: "norm1" top: "fc" }
    layers { layer { name: "drop" type: "dropout" dropout_ratio: 0.25 } bottom: "fc" top: "fc" }`);
  assert.equal(
    net.layers.map((layer) => [layer.name, layer.type, layer.bottoms]),
    [
      ['data', 'Data', []],
      ['conv1', 'Convolution', ['data']],
      ['pool1', 'Pooling', ['conv1']],
      ['norm1', 'LRN', ['pool1']],
      ['fc', 'InnerProduct', ['norm1']],
      ['drop', 'Dropout', ['fc']],
    ],
  );
  const [data, conv, pool, norm, fc, drop] = net.layers.map((layer) => layer.message);
  assert.equal(data!['data_param'], { source: 'x', batch_size: 50, crop_size: 227 });
  assert.equal(conv!['convolution_param'], {
    num_output: 96,
    bias_term: false,
    group: 2,
    pad: [2],
    kernel_size: [11],
    stride: [4],
  });
  assert.equal(
    [pool!['pooling_param'], norm!['lrn_param'], fc!['inner_product_param'], drop!['dropout_param']],
    [
      { pool: 'AVE', kernel_size: 3, stride: 2 },
      { local_size: 5, alpha: 0.5 },
      { num_output: 10 },
      { dropout_ratio: 0.25 },
    ],
  );
  assert.is(net.layers[1]!.where, 'net.prototxt:4:5');
  throws(
    () =>
      read(
        'layers { layer { name: "p" type: "padding" pad: 1 } bottom: "x" top: "y" } layers { layer { name: "r" type: "relu" } bottom: "y" top: "z" }',
      ),
    /^net\.prototxt:1:76: layer "r" \(ReLU\): expected a convolution or pooling after a padding layer\.$/,
  );
});

test.run();
