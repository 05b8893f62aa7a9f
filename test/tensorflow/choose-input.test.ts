import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { throws } from '../throws.js';
import { bool, floats, graphDef, placeholder, type TestNode } from './graph-def.js';

const BOOL = 10;
const RESOURCE = 20;
const load = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions> = {}) =>
  loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'model.pb', ...options });
const x = placeholder('x', [-1, 4, 4, 2]);
const typed = (name: string, type: number): TestNode => ({ name, op: 'Placeholder', attr: { dtype: { type } } });
const times = (a: string, b: string): TestNode => ({ name: 'out', op: 'Mul', input: [a, b] });
const nameOfInput = (nodes: readonly TestNode[], options: Partial<TensorFlowOptions>): string =>
  load(nodes, options).nodes[0]!.name;

test('the image is the placeholder with rows; scalars and truth values need a value', () => {
  const scalar = [placeholder('keep_prob', []), x, times('x', 'keep_prob')];
  throws(
    () => load(scalar),
    /^model.pb: expected a value for each Placeholder other than the input "x", got none for "keep_prob"\. Give it with --set keep_prob=VALUE/,
  );
  assert.is(nameOfInput(scalar, { placeholders: { keep_prob: 0.5 } }), 'x');
  const unknown = [placeholder('keep_prob'), x, times('x', 'keep_prob')];
  assert.is(nameOfInput(unknown, { placeholders: { keep_prob: 1 } }), 'x');
  const truth = [
    typed('training', BOOL),
    placeholder('x'),
    { name: 'out', op: 'Select', input: ['training', 'x', 'x'] },
  ];
  throws(() => load(truth, { dims: [2, 4, 4] }), /got none for "training"\. Give it with --set training=false/);
});

test('a PlaceholderWithDefault is the image where the only Placeholder is a truth value', () => {
  const nodes: TestNode[] = [
    typed('training', BOOL),
    floats('zeros', [1, 2, 2, 1], [0, 0, 0, 0]),
    { name: 'image', op: 'PlaceholderWithDefault', input: ['zeros'], attr: { shape: { shape: [-1, 2, 2, 1] } } },
    { name: 'out', op: 'Select', input: ['training', 'image', 'image'] },
  ];
  assert.is(nameOfInput(nodes, { placeholders: { training: false } }), 'image');
});

test('two placeholders for images are listed', () => {
  const both = [x, placeholder('y', [-1, 4, 4, 2]), times('x', 'y')];
  throws(
    () => load(both),
    /^model.pb: expected one Placeholder, got 2: "x", "y"\. Choose the one to feed with --input_layer/,
  );
  throws(() => load(both, { inputLayer: 'x' }), /got none for "y"/);
});

test('placeholders of resources are the variables of a graph that is not frozen', () => {
  const nodes: TestNode[] = [
    x,
    typed('kernel', RESOURCE),
    { name: 'read', op: 'ReadVariableOp', input: ['kernel'] },
    times('x', 'read'),
  ];
  throws(
    () => load(nodes),
    /^model.pb: expected a frozen graph, got 1 variables whose values are not in the file: "kernel" \(Placeholder\)\. Freeze it first .*convert_variables_to_constants_v2/,
  );
});

test('no placeholder at all', () =>
  throws(() => load([bool('flag', true), { name: 'out', op: 'LogicalNot', input: ['flag'] }]), /got none/));

test.run();
