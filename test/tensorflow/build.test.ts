import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectTensorFlow, loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

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

test('nodes we cannot run are listed at once, and left out for looking', () => {
  const nodes: TestNode[] = [
    x,
    { name: 'a', op: 'NonMaxSuppressionV3', input: ['x'] },
    { name: 'b', op: 'Relu', input: ['a'] },
    { name: 'c', op: 'TopKV2', input: ['b'] },
    relu,
  ];
  throws(
    () => load(nodes),
    /^model.pb: not supported: 2 nodes: "a" \(NonMaxSuppressionV3\), "c" \(TopKV2\)\. Use --output_layer to stop before them\.$/,
  );
  const { graph, unsupported } = inspectTensorFlow({ bytes: graphDef(...nodes), fileName });
  assert.equal(unsupported, ['"a" (NonMaxSuppressionV3)', '"c" (TopKV2)']);
  assert.equal(
    graph.nodes.map((node) => node.name),
    ['x', 'relu'],
  );
});

test('a dropout that drops is named by where its random numbers come from', () => {
  const keep = (value: number): TestNode[] => [
    x,
    floats('keep', [], [value]),
    { name: 'shape', op: 'Shape', input: ['x'] },
    { name: 'noise', op: 'RandomUniform', input: ['shape'] },
    { name: 'sum', op: 'Add', input: ['keep', 'noise'] },
    { name: 'floor', op: 'Floor', input: ['sum'] },
    { name: 'scaled', op: 'RealDiv', input: ['x', 'keep'] },
    { name: 'out', op: 'Mul', input: ['scaled', 'floor'] },
    { name: 'relu', op: 'Relu', input: ['out'] },
  ];
  throws(() => load(keep(0.5)), /^model.pb: not supported: 1 node: "noise" \(RandomUniform\)\./);
  assert.equal(
    load(keep(1)).nodes.map((node) => node.op),
    ['input', 'relu'],
  );
});

test('a node of a kind we run in a form we do not', () => {
  const nodes: TestNode[] = [x, { name: 'w', op: 'Relu', input: ['x'] }, conv];
  throws(() => load(nodes), /^model.pb: not supported: 1 node: "conv" \(Conv2D\)/);
});

test('sizes that do not fit name the node', () => {
  throws(
    () => load([placeholder('x', [1, 4, 4, 5]), filter, conv]),
    /^model.pb: node "conv" \(Conv2D\): expected a filter for 5 input channels, got one for 2/,
  );
  throws(
    () => load([x, int32s('s', [1, 7]), { name: 'r', op: 'Reshape', input: ['x', 's'] }]),
    /^model.pb: node "r" \(Reshape\): expected a shape with the 32 elements of 1x4x4x2, got 1x7/,
  );
  throws(
    () => load([x, floats('c', [3], [1, 2, 3]), { name: 'a', op: 'Add', input: ['x', 'c'] }]),
    /^model.pb: node "a" \(Add\): expected operands that broadcast, got shapes \[1, 4, 4, 2\] and \[3\]/,
  );
});

test('names of nodes that vanish mean the value they pass on; :0 and :1 are outputs', () => {
  const copies: TestNode[] = [
    { name: 'copy', op: 'Identity', input: ['conv:0', '^w'] },
    { name: 'out', op: 'CheckNumerics', input: ['copy'] },
  ];
  const graph = load([x, filter, conv, ...copies]);
  assert.equal(
    graph.nodes.map((node) => node.name),
    ['x', 'conv'],
  );
  for (const name of ['conv', 'conv:0', 'copy', 'out', 'out:0']) assert.is(graph.names[name], 1, name);
  assert.equal(graph.outputs, [1]);
});

test.run();
