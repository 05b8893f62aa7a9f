import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { floats, graphDef, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName, ...options });
const x = placeholder('x', [-1, 4, 6, 2]);
const relu: TestNode = { name: 'relu', op: 'Relu', input: ['x'] };

test('a shape that cannot be known', () => {
  throws(
    () => load([placeholder('x'), relu]),
    /^model.pb: node "x" \(Placeholder\): expected an input of known size, got an unknown shape\. Give its C,H,W with --dims\./,
  );
  throws(() => load([placeholder('x', [-1, -1, -1, 3]), relu]), /got \[\?, \?, \?, 3\]\. Give its C,H,W with --dims/);
  throws(() => load([x, relu], { dims: [2, 4] }), /--dims: expected 3 sizes/);
  throws(() => load([x, relu], { dims: [2, 0, 4] }), /--dims: expected sizes of at least 1, got 2,0,4/);
});
const filter = floats('w', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
const conv: TestNode = {
  name: 'conv',
  op: 'Conv2D',
  input: ['x', 'w'],
  attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
};

test('--dims are C, H, W of an image in either layout', () => {
  assert.equal([...load([placeholder('x'), filter, conv], { dims: [2, 5, 7] }).values[0]!.shape], [1, 5, 7, 2]);
  const planes: TestNode = { ...conv, attr: { ...conv.attr, data_format: { s: 'NCHW' } } };
  const graph = load([placeholder('x'), filter, planes], { dims: [2, 5, 7] });
  assert.equal(
    graph.values.map(({ shape, layout }) => [shape.join('x'), layout]),
    [
      ['1x2x5x7', 'NCHW'],
      ['1x3x5x7', 'NCHW'],
    ],
  );
});

test('--dims override declared sizes', () =>
  assert.equal([...load([x, filter, conv], { dims: [2, 9, 8] }).values[1]!.shape], [1, 9, 8, 3]));

test('an inner node that is fed has the shape the nodes before it give it', () => {
  const graph = load([x, filter, conv, { name: 'relu', op: 'Relu', input: ['conv'] }], { inputLayer: 'conv' });
  assert.equal([...graph.values[0]!.shape], [1, 4, 6, 3]);
});

test.run();
