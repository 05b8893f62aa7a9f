import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { throws } from '../throws.js';
import { conv, input, load, net } from './networks.js';

test('a network becomes a graph of one image', () => {
  const graph = load(net);
  assert.equal(
    graph.nodes.map((node) => [
      node.name,
      node.op,
      node.inputs,
      node.outputs,
      node.params.map(({ shape }) => shape),
      node.where,
    ]),
    [
      ['data', 'input', [], [0], [], 'net:1:1'],
      ['conv1', 'convolution', [0], [1], [[4, 3, 3, 3], [4]], 'net:2:1'],
      ['relu1', 'relu', [1], [2], [], 'net:3:1'],
      ['fc', 'inner-product', [2], [3], [[5, 192], [5]], 'net:4:1'],
    ],
  );
  assert.equal(
    graph.values.map(({ blob, version, shape }) => [blob, version, shape]),
    [
      ['data', 0, [1, 3, 8, 10]],
      ['conv1', 0, [1, 4, 6, 8]],
      ['conv1', 1, [1, 4, 6, 8]],
      ['fc', 0, [1, 5]],
    ],
  );
  assert.equal([graph.inputs, graph.outputs], [[0], [3]]);
  assert.equal({ ...graph.names }, { data: 0, conv1: 1, relu1: 2, fc: 3 });
});

test('errors of operators name the layer and its position', () => {
  throws(
    () => load(input + conv('c', 'data', 'group: 2')),
    /^net:2:1: layer "c" \(Convolution\): expected a group that divides 3 input channels, got 2\. Correct group or num_output/,
  );
  throws(
    () => load(input + conv('c', 'data', 'dilation: 4')),
    /^net:2:1: layer "c" \(Convolution\): expected a kernel within the padded input, got 9 over 8 rows\.$/,
  );
  throws(
    () => load(input + conv('c', 'data').replace('num_output: 4', '')),
    /^net:2:1: layer "c" \(Convolution\): .*num_output/,
  );
  throws(
    () => load(net.replace('bottom: "conv1" top: "fc"', 'bottom: "conv1" top: "fc" top: "fc2"')),
    /^net:4:1: layer "fc" \(InnerProduct\): expected 1 top, got 2\.$/,
  );
  throws(
    () => load(input + conv('c', 'data').replace('num_output: 4', 'num_output: 4000000000')),
    /^net:2:1: layer "c" \(Convolution\): expected its output to have at most 268435456 elements, got 1x4000000000x6x8\. XFDNN_MAX_ELEMENTS raises the limit\.$/,
  );
  throws(
    () => load(conv('a', 'b') + conv('b', 'a')),
    /^net:1:1: layer "a" \(Convolution\): bottom "b" is only written later, by layer "b" \(net:2:1\): a cycle\.$/,
  );
  throws(
    () => load('layer { name: "r" type: "ReLU" top: "x" }'),
    /^net: expected an input, got none\. Add an Input layer\.$/,
  );
});

test.run();
