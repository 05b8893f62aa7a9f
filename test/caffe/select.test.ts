import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectCaffe } from '../../src/caffe/index.js';
import { throws } from '../throws.js';
import { conv, fc, input, load, net, relu } from './networks.js';

test('a name without a layer of its own is the last version of the blob', () => {
  const graph = load(input + conv('conv1', 'data').replace('top: "conv1"', 'top: "c"') + relu('relu1', 'c'));
  assert.equal([graph.names['conv1'], graph.names['c'], graph.names['relu1']], [1, 2, 2]);
});

test('--dims, --output_layer and --input_layer', () => {
  assert.equal(
    load(net, { dims: [3, 20, 30], outputLayers: ['relu1'] }).values.map(({ shape }) => shape),
    [
      [1, 3, 20, 30],
      [1, 4, 18, 28],
      [1, 4, 18, 28],
    ],
  );
  const fed = load(net, { inputLayer: 'relu1' });
  assert.equal(
    fed.nodes.map((node) => [node.name, node.op]),
    [
      ['relu1', 'input'],
      ['fc', 'inner-product'],
    ],
  );
  assert.equal(fed.values[0]!.shape, [1, 4, 6, 8]);
  assert.equal(load(net, { inputLayer: 'relu1', dims: [2, 3, 4] }).nodes[1]!.params[0]!.shape, [5, 24]);
  const two = input + input.replaceAll('"data"', '"other"') + conv('a', 'data') + conv('b', 'other');
  assert.equal(
    load(two, { inputLayer: 'other', dims: [3, 5, 5] }).values.map(({ shape }) => shape),
    [
      [1, 3, 8, 10],
      [1, 3, 5, 5],
      [1, 4, 6, 8],
      [1, 4, 3, 3],
    ],
  );
  throws(
    () => load(net, { dims: [3, 20] }),
    /^--dims: expected 3 sizes, like the declared 3x8x10 of net:1:1: layer "data" \(Input\), got 3,20\.$/,
  );
  throws(() => load(net, { dims: [3, 0, 5] }), /^--dims: expected sizes of at least 1/);
  throws(
    () => load(net, { inputLayer: 'x' }),
    /^--input_layer: expected a layer that the outputs depend on, like the input "data", got "x"\.$/,
  );
  throws(() => load(two, { inputLayer: 'other', outputLayers: ['a'] }), /like the input "data", got "other"/);
  throws(
    () => load(net, { outputLayers: ['fc8'] }),
    /^--output_layer: expected a layer or top of the network, got "fc8"\. Close: "fc"\.$/,
  );
});

test('a train_val network: TEST phase, crop size, losses gone', () => {
  const text = `
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN } transform_param { crop_size: 8 } }
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST } transform_param { crop_size: 9 } }
    ${fc('fc', 'data')}
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
    layer { name: "acc" type: "Accuracy" bottom: "fc" bottom: "label" top: "acc" include { phase: TEST } }`;
  const { graph, dropped } = inspectCaffe({ prototxt: text, shapesOnly: true });
  assert.equal(
    graph.nodes.map(({ name, type }) => [name, type]),
    [
      ['data', 'Input'],
      ['fc', 'InnerProduct'],
    ],
  );
  assert.equal([graph.values[0]!.shape, graph.outputs], [[1, 3, 9, 9], [1]]);
  assert.equal(dropped, ['"loss" (SoftmaxWithLoss)', '"acc" (Accuracy)']);
});

test.run();
