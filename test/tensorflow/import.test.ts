import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optimise } from '../../src/optimise/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import type { Constant } from '../../src/tensorflow/constant.js';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { readGraph } from '../../src/tensorflow/read-graph.js';
import { ProtobufWriter } from '../protobuf-writer.js';
import { goldenCases, goldenTensor, importGolden, relativeDifference } from './golden.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'model.pb', ...options });
const x = placeholder('x', [-1, 4, 6, 2]);
const filter = floats('w', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
const conv: TestNode = {
  name: 'conv',
  op: 'Conv2D',
  input: ['x', 'w'],
  attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
};

for (const one of goldenCases.filter(({ name }) =>
  [
    'resnet',
    'mobilenet_v1',
    'mobilenet_v2',
    'inception',
    'squeezenet',
    'keras',
    'nchw_network',
    'batch_norm_written_out',
  ].includes(name),
)) {
  test(`${one.name}: folding its batch norms and biases keeps the outputs`, () => {
    const { graph } = optimise(importGolden(one));
    const values = interpret(graph, new Map([[graph.inputs[0]!, goldenTensor(one.input)]]));
    assert.equal(
      graph.nodes.filter((node) => node.op === 'batch-norm'),
      [],
    );
    for (const output of one.outputs)
      assert.ok(relativeDifference(values[graph.names[output.name]!]!, goldenTensor(output)) <= 1e-4, output.name);
  });
}

test('weights become OIHW, the filter H x W x I x O', () => {
  const node = load([x, filter, conv]).nodes[1]!;
  assert.equal([...node.params[0]!.shape], [3, 2, 1, 1]);
  assert.equal([...node.params[0]!.data], [1, 4, 2, 5, 3, 6]);
});

test('a text GraphDef is read like a binary one', () => {
  const text = `# frozen
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "b" op: "Const" attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 3 } } tensor_content: "\\000\\000\\200?\\000\\000\\000@\\000\\000@@" } } } }
node { name: "y" op: "BiasAdd" input: "x" input: "b" input: "^x" attr { key: "data_format" value { s: "NHWC" } } }
versions { producer: 1087 }
`;
  const graph = loadTensorFlow({ bytes: new TextEncoder().encode(text), fileName: 'model.pbtxt' });
  const values = interpret(graph, new Map([[0, { shape: [1, 3], data: Float32Array.of(10, 20, 30) }]]));
  assert.equal([...values[graph.names['y']!]!.data], [11, 22, 33]);
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

test('a batch in the file becomes one image, also where it is baked into a Reshape', () => {
  const rows: TestNode[] = [int32s('s', [16, 48]), { name: 'flat', op: 'Reshape', input: ['x', 's'] }];
  assert.equal([...load([placeholder('x', [16, 4, 6, 2]), ...rows]).values[1]!.shape], [1, 48]);
});

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

test('an inner node that is fed has the shape the nodes before it give it', () => {
  const graph = load([x, filter, conv, { name: 'relu', op: 'Relu', input: ['conv'] }], { inputLayer: 'conv' });
  assert.equal([...graph.values[0]!.shape], [1, 4, 6, 3]);
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

test('a large constant is a view of the file where it is aligned', () => {
  const content = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const build = (padding: number): Uint8Array =>
    ProtobufWriter.build((graph) => {
      graph.message(1, (node) =>
        node
          .string(1, 'x'.repeat(padding))
          .string(2, 'Const')
          .message(5, (entry) =>
            entry.string(1, 'value').message(2, (value) =>
              value.message(8, (tensor) =>
                tensor
                  .integer(1, 1)
                  .message(2, (shape) => shape.message(2, (dim) => dim.integer(1, 4)))
                  .block(4, content),
              ),
            ),
          ),
      );
    });
  const buffers = Array.from({ length: 4 }, (_, shift) => {
    const bytes = build(10 + shift);
    const { data } = readGraph(bytes, 'm.pb')[0]!.attrs['value'] as Constant;
    assert.equal([...data], [1, 2, 3, 4]);
    return data.buffer === bytes.buffer;
  });
  assert.is(buffers.filter((view) => view).length, 1);
});

test.run();
