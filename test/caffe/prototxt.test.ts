import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { throws } from '../throws.js';

const read = (text: string) => readPrototxt(text, 'net.prototxt');

test('V2 layers keep name, type, blobs, messages and place', () => {
  const net = read(
    'name: "n"\nlayer { name: "c" type: "Convolution" bottom: "x" top: "y"\n  convolution_param { num_output: 2 kernel_size: 3 } }',
  );
  assert.is(net.name, 'n');
  const [layer] = net.layers;
  assert.equal(
    [layer!.name, layer!.type, layer!.bottoms, layer!.tops, layer!.where],
    ['c', 'Convolution', ['x'], ['y'], 'net.prototxt:2:1'],
  );
  assert.equal(layer!.message['convolution_param'], { num_output: 2, kernel_size: [3] });
});

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

test('inputs of the file become Input layers', () => {
  const shapes = (text: string) =>
    read(text + ' layer { name: "r" type: "ReLU" bottom: "a" top: "b" }')
      .layers.filter((layer) => layer.type === 'Input')
      .map((layer) => [layer.name, layer.message['input_param']]);
  assert.equal(shapes('input: "a" input_dim: 64 input_dim: 1 input_dim: 28 input_dim: 30'), [
    ['a', { shape: [{ dim: [64, 1, 28, 30] }] }],
  ]);
  assert.equal(shapes('input: "a" input: "i" input_dim: [1,2,3,4, 5,6,7,8]'), [
    ['a', { shape: [{ dim: [1, 2, 3, 4] }] }],
    ['i', { shape: [{ dim: [5, 6, 7, 8] }] }],
  ]);
  assert.equal(shapes('input: "a" input_shape { dim: 1 dim: 49 dim: 10 }'), [['a', { shape: [{ dim: [1, 49, 10] }] }]]);
  assert.equal(shapes('input: "a"'), [['a', undefined]]);
  throws(
    () => shapes('input: "a" input_dim: 3'),
    /^net\.prototxt: expected 4 input_dim for each input, got 1 for 1\.$/,
  );
  throws(
    () => shapes('input: "a" input: "b" input_shape { }'),
    /^net\.prototxt:1:23: expected an input_shape for each input, got 1 for 2\.$/,
  );
  throws(
    () => shapes('input: "a" input_dim: [1,1,1,1] input_shape { }'),
    /expected input_dim or input_shape, got both/,
  );
});

test('files that hold no network', () => {
  throws(
    () => read(''),
    /^net\.prototxt: expected a network with layers, got none\. Give the deploy prototxt of a network\.$/,
  );
  throws(
    () => read('net: "x.prototxt" base_lr: 0.1'),
    /This is a solver; give the network that its "net:" line names\.$/,
  );
  throws(() => read('layer { name: "a" }'), /^net\.prototxt:1:1: layer "a": expected a type, got none\.$/);
  throws(() => read('layers { name: "a" }'), /^net\.prototxt:1:1: layer "a": expected a type, got none\.$/);
  throws(
    () => read('layers { name: "a" type: RELU }\nlayer { name: "b" type: "ReLU" }'),
    /^net\.prototxt:1:1: this file mixes "layers" \(old form\) and "layer" \(new form\)\./,
  );
  throws(
    () => read('layer { type: CONVOLUTION }'),
    /^net\.prototxt:1:15: expected a string in quotes for type, got CONVOLUTION\.$/,
  );
  throws(
    () => readPrototxt(Uint8Array.of(0x0a, 5, 0x4c, 0x65), 'm'),
    /^m: this is a binary file; expected the text of a prototxt\. Are model and weights swapped\?$/,
  );
  throws(
    () => readPrototxt(Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a), 'm'),
    /^m: this is an HDF5 file;/,
  );
  throws(() => readPrototxt('\u0005abc', 'm'), /^m: this is a binary file;/);
});

test('comments may be in any encoding', () => {
  const gbk = Uint8Array.of(0x23, 0xbe, 0xed, 0xbb, 0xfd, 0x0a);
  assert.is(
    readPrototxt(Uint8Array.of(...gbk, ...new TextEncoder().encode('layer { name: "é" type: "ReLU" }')), 'm').layers[0]!
      .name,
    'é',
  );
});

test('unknown fields are warned of, those of training are not', () => {
  const net = read(
    'layer { name: "a" type: "ReLU" propagate_down: false relu_param { engine: MKLDNN leak: 2 } mystery_param { x: 1 } }',
  );
  assert.equal(net.warnings, [
    'net.prototxt:1:82: unknown field leak of ReLUParameter skipped.',
    'net.prototxt:1:92: unknown field mystery_param of LayerParameter skipped.',
  ]);
});

test.run();
