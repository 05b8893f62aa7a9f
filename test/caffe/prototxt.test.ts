import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPrototxt } from '../../src/caffe/prototxt.js';
import { throws } from '../throws.js';

const read = (text: string) => readPrototxt(text, 'net.prototxt');

test('V2 layers keep name, type, blobs, messages and position', () => {
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

test('inputs of the file become Input layers', () => {
  const shapes = (text: string) =>
    read(`${text} layer { name: "r" type: "ReLU" bottom: "a" top: "b" }`)
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
