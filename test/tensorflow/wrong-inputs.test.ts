import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inspectTensorFlow, loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { goldenCase, goldenGraph } from './golden.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

const fileName = 'model.pb';
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName, ...options });
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : [...part])),
  );
const x = placeholder('x', [-1, 4, 4, 2]);
const relu: TestNode = { name: 'relu', op: 'Relu', input: ['x'] };
const filter = floats('w', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
const conv: TestNode = {
  name: 'conv',
  op: 'Conv2D',
  input: ['x', 'w'],
  attr: { strides: { ints: [1, 1, 1, 1] }, padding: { s: 'SAME' } },
};

const kinds: readonly (readonly [string, string, Uint8Array, RegExp])[] = [
  [
    'a SavedModel',
    'saved_model.pb',
    bytes([0x08, 0x01, 0x12, 0x05, 0x0a, 0x03], 'abc'),
    /^saved_model.pb: this is a SavedModel; expected a frozen GraphDef\. Freeze it first/,
  ],
  [
    'a SavedModel of another name',
    fileName,
    bytes([0x08, 0x01, 0x12, 0x05, 0x0a, 0x03], 'abc'),
    /this is a SavedModel/,
  ],
  [
    'a text SavedModel',
    'model.pbtxt',
    bytes('saved_model_schema_version: 1\nmeta_graphs {\n}\n'),
    /this is a SavedModel/,
  ],
  [
    'the index of a checkpoint',
    'model',
    bytes([0, 1, 2, 3], [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]),
    /this is a checkpoint; expected a frozen GraphDef\. Freeze it first/,
  ],
  ['the data of a checkpoint', 'model.ckpt-100.data-00000-of-00001', bytes([1, 2, 3, 4, 5]), /this is a checkpoint/],
  [
    'the state file of checkpoints',
    'checkpoint',
    bytes('model_checkpoint_path: "model.ckpt-100"\n'),
    /this is a checkpoint/,
  ],
  ['a MetaGraphDef', 'model.ckpt-100.meta', bytes([0x0a, 0x02, 0x12, 0x00]), /MetaGraphDef of a checkpoint/],
  [
    'TFLite',
    'model.tflite',
    bytes([0x1c, 0, 0, 0], 'TFL3', [0, 0, 0, 0]),
    /this is a TensorFlow Lite model; expected a frozen GraphDef/,
  ],
  ['HDF5', 'model.h5', bytes([0x89], 'HDF\r\n', [0x1a, 0x0a]), /this is a Keras model in HDF5/],
  ['.keras', 'model.keras', bytes('PK', [3, 4, 20, 0]), /this is a zip archive \(Keras saves its models so\)/],
  [
    'ONNX',
    'model.onnx',
    bytes([0x08, 0x07, 0x12, 0x07], 'pytorch', [0x3a, 0x02, 0x0a, 0x00]),
    /this is an ONNX model; expected a frozen GraphDef/,
  ],
  ['a caffemodel', 'net.caffemodel', bytes([0x0a, 0x03], 'net'), /this is a Caffe model/],
  [
    'a web page',
    fileName,
    bytes('<!DOCTYPE html><html></html>'),
    /this is a web page or XML file; expected a frozen GraphDef/,
  ],
  [
    'a Git LFS pointer',
    fileName,
    bytes('version https://git-lfs.github.com/spec/v1\n'),
    /this is a Git LFS pointer, not the file itself; expected/,
  ],
  ['other text', fileName, bytes('hello\n'), /this is a text file; expected a frozen GraphDef, binary or as text/],
  ['nothing', fileName, bytes(), /this is an empty file; expected a frozen GraphDef/],
  ['other bytes', fileName, bytes([0xff, 0xff, 0xff, 0xff]), /^model.pb at byte 0: /],
  [
    'a message of another type',
    fileName,
    bytes([0x0a, 0x04, 0x12, 0x02], 'ab'),
    /expected a frozen GraphDef, got 1 nodes without name or type/,
  ],
];
for (const [name, file, content, message] of kinds) {
  test(`recognises ${name}`, () => throws(() => loadTensorFlow({ bytes: content, fileName: file }), message));
}

test('a frozen graph may be named after its checkpoint', () => {
  assert.is(loadTensorFlow({ bytes: graphDef(x, relu), fileName: 'model.ckpt-1000.pb' }).nodes.length, 2);
});

test('a truncated file is an error wherever it ends', () => {
  const whole = goldenGraph(goldenCase('batch_norm_v3'));
  let refused = 0;
  for (let size = 1; size < whole.length; size += 7) {
    try {
      loadTensorFlow({ bytes: whole.slice(0, size), fileName });
    } catch (error) {
      assert.match((error as Error).message, /^model\.pb( at byte \d+)?: /);
      refused++;
    }
  }
  // A file that ends between two nodes may still be a smaller network.
  assert.ok(refused > (whole.length / 7) * 0.98, `${refused} of ${Math.floor(whole.length / 7)}`);
});

test('variables are named', () => {
  const variables: TestNode[] = [
    { name: 'w', op: 'VariableV2' },
    { name: 'b', op: 'VarHandleOp' },
    { name: 'sum', op: 'Add', input: ['x', 'w'] },
    { name: 'out', op: 'Add', input: ['sum', 'b'] },
  ];
  throws(
    () => load([x, ...variables]),
    /^model.pb: expected a frozen graph, got 2 variables whose values are not in the file: "w" \(VariableV2\), "b" \(VarHandleOp\)\. Freeze it first/,
  );
});

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

test('a shape that cannot be known', () => {
  throws(
    () => load([placeholder('x'), relu]),
    /^model.pb: node "x" \(Placeholder\): expected an input of known size, got an unknown shape\. Give its C,H,W with --dims\./,
  );
  throws(() => load([placeholder('x', [-1, -1, -1, 3]), relu]), /got \[\?, \?, \?, 3\]\. Give its C,H,W with --dims/);
  throws(() => load([x, relu], { dims: [2, 4] }), /--dims: expected 3 sizes/);
  throws(() => load([x, relu], { dims: [2, 0, 4] }), /--dims: expected sizes of at least 1, got 2,0,4/);
});

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

test('a constant whose values do not fit its shape', () => {
  throws(
    () => load([x, floats('w', [2], [1, 2, 3]), { name: 'a', op: 'Add', input: ['x', 'w'] }]),
    /^model.pb: node "w" \(Const\): expected 2 values for shape \[2\], got 3/,
  );
});

test('a name borne twice', () =>
  throws(() => load([x, relu, relu]), /expected node names to be unique, got "relu" twice/));

test.run();
