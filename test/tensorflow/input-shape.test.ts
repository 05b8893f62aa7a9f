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

test('a transposition to channels last shows an input with channels first', () => {
  const transposed = (shape: number[], order: number[]) => {
    const nodes: TestNode[] = [
      placeholder('x', shape),
      floats('half', [], [0.5]),
      { name: 'scaled', op: 'Mul', input: ['x', 'half'] },
      { name: 'order', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: order } } },
      { name: 'last', op: 'Transpose', input: ['scaled', 'order'] },
    ];
    return load(nodes).values[0]!.layout;
  };
  assert.is(transposed([-1, 3, 5, 7], [0, 2, 3, 1]), 'NCHW');
  assert.is(transposed([-1, 5, 7, 3], [0, 3, 1, 2]), 'NHWC');
  assert.is(transposed([-1, 5, 7, 3], [0, 2, 3, 1]), 'NHWC');
});

test('an image without a batch axis keeps its shape; two sizes are a batch of rows unless the graph makes an image of them', () => {
  const shapeOf = (shape: number[], ...nodes: TestNode[]): number[] => [
    ...load([placeholder('x', shape), ...nodes]).values[0]!.shape,
  ];
  const expand: TestNode[] = [
    { name: 'axis', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: [0], of: [] } } },
    { name: 'batch', op: 'ExpandDims', input: ['x', 'axis'] },
  ];
  const reshape = (...sizes: number[]): TestNode[] => [
    { name: 'sizes', op: 'Const', attr: { dtype: { type: 3 }, value: { int32s: sizes } } },
    { name: 'image', op: 'Reshape', input: ['x', 'sizes'] },
  ];
  // x[newaxis, :, :, newaxis]
  const list = (name: string, value: number): TestNode => ({
    name,
    op: 'Const',
    attr: { dtype: { type: 3 }, value: { int32s: [value, value, value, value] } },
  });
  const slice = (added: number): TestNode[] => [
    list('from', 0),
    list('to', 0),
    list('steps', 1),
    {
      name: 'planes',
      op: 'StridedSlice',
      input: ['x', 'from', 'to', 'steps'],
      attr: { new_axis_mask: { i: added }, begin_mask: { i: 15 }, end_mask: { i: 15 } },
    },
  ];
  assert.equal(shapeOf([5, 7, 3], ...expand), [5, 7, 3]);
  assert.equal(shapeOf([5, 7], ...expand), [5, 7]);
  assert.equal(shapeOf([5, 7], ...slice(9)), [5, 7]);
  assert.equal(shapeOf([5, 7], { name: 'rgb', op: 'Pack', input: ['x', 'x', 'x'], attr: { axis: { i: 2 } } }), [5, 7]);
  assert.equal(shapeOf([5, 7], ...reshape(-1, 5, 7, 1)), [5, 7]);
  assert.equal(shapeOf([5, 8], ...reshape(-1, 2, 4, 1)), [1, 8]);
  assert.equal(shapeOf([5, 7], relu), [1, 7]);
});

test.run();
