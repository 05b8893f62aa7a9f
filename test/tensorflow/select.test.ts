import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { floats, graphDef, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName, ...options });
const x = placeholder('x', [-1, 4, 4, 2]);
const relu: TestNode = { name: 'relu', op: 'Relu', input: ['x'] };
const filter = floats('w', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
const conv: TestNode = {
  name: 'conv',
  op: 'Conv2D',
  input: ['x', 'w'],
  attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
};

test('a cycle is shown', () => {
  const loop: TestNode[] = [
    { name: 'a', op: 'Add', input: ['x', 'b'] },
    { name: 'b', op: 'Relu', input: ['a'] },
    { name: 'out', op: 'Relu', input: ['b'] },
  ];
  throws(() => load([x, ...loop]), /^model.pb: expected a graph without cycles, got a cycle through "a" <- "b"/);
});

test('a while loop is named', () => {
  const loop: TestNode[] = [
    { name: 'enter', op: 'Enter', input: ['x'] },
    { name: 'merge', op: 'Merge', input: ['enter', 'next'] },
    { name: 'next', op: 'NextIteration', input: ['merge'] },
    { name: 'out', op: 'Exit', input: ['merge'] },
  ];
  throws(() => load([x, ...loop]), /got a while loop through "merge" <- "next"/);
});

test('a missing node is named with its reader', () => {
  throws(
    () => load([x, conv]),
    /^model.pb: node "conv" \(Conv2D\): expected its input "w" among the 2 nodes of the graph, got no such node\. The file may be truncated/,
  );
});

test('several Placeholders are listed', () => {
  const both: TestNode[] = [x, placeholder('keep_prob', []), { name: 'out', op: 'Mul', input: ['x', 'keep_prob'] }];
  throws(
    () => load(both),
    /^model.pb: expected one Placeholder, got 2: "x", "keep_prob"\. Choose the one to feed with --input_layer/,
  );
  throws(
    () => load(both, { inputLayer: 'x' }),
    /expected one Placeholder, got 2: "x", "keep_prob"\. Freeze the others into constants/,
  );
});

test('an unused Placeholder does not count', () => {
  assert.equal(
    load([x, placeholder('labels', [-1]), relu]).nodes.map((node) => node.name),
    ['x', 'relu'],
  );
});

test('no Placeholder', () =>
  throws(
    () => load([filter, { name: 'out', op: 'Relu', input: ['w'] }]),
    /expected a Placeholder that the outputs depend on, got none/,
  ));

test('an output that does not depend on the input', () => {
  throws(
    () => load([x, relu, filter], { outputLayers: ['w'], inputLayer: 'x' }),
    /^model.pb: node "w" \(Const\): expected an output that depends on the input "x", got one that does not/,
  );
  const shape: TestNode[] = [{ name: 'shape', op: 'Shape', input: ['x'] }];
  throws(
    () => load([x, relu, ...shape], { outputLayers: ['shape'] }),
    /node "shape" \(Shape\): expected an output that depends on the input/,
  );
});

test('names that do not exist', () => {
  throws(
    () => load([x, relu], { outputLayers: ['Relu'] }),
    /expected --output_layer to name a node of the graph, got "Relu"\. Did you mean "relu"\?/,
  );
  throws(() => load([x, relu], { inputLayer: 'y' }), /expected --input_layer to name a node of the graph, got "y"/);
});

test('a name borne twice', () =>
  throws(() => load([x, relu, relu]), /expected node names to be unique, got "relu" twice/));

test('cutting: nothing before the input or behind the output is run', () => {
  const nodes: TestNode[] = [
    placeholder('jpeg'),
    { name: 'decode', op: 'DecodeJpeg', input: ['jpeg'] },
    filter,
    { ...conv, input: ['decode', 'w'] },
    { name: 'relu', op: 'Relu', input: ['conv'] },
    { name: 'nms', op: 'NonMaxSuppression', input: ['relu'] },
  ];
  const graph = load(nodes, { inputLayer: 'decode', outputLayers: ['relu'], dims: [2, 3, 3] });
  assert.equal(
    graph.nodes.map((node) => node.op),
    ['input', 'convolution', 'relu'],
  );
});

test('a default Placeholder is its default, unless it is the input', () => {
  const flag: TestNode[] = [
    floats('half', [], [0.5]),
    { name: 'keep', op: 'PlaceholderWithDefault', input: ['half'] },
    { name: 'y', op: 'Mul', input: ['x', 'keep'] },
  ];
  assert.equal(
    load([x, ...flag]).nodes.map((node) => node.op),
    ['input', 'binary'],
  );
  const fed: TestNode[] = [
    floats('image', [1, 2, 2, 1], [1, 2, 3, 4]),
    { name: 'in', op: 'PlaceholderWithDefault', input: ['image'], attr: { shape: { shape: [-1, 2, 2, 1] } } },
    { name: 'y', op: 'Relu', input: ['in'] },
  ];
  assert.equal([...load(fed).values[0]!.shape], [1, 2, 2, 1]);
});

test.run();
