import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optimise } from '../../src/optimise/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { loadTensorFlow, type TensorFlowOptions } from '../../src/tensorflow/index.js';
import { goldenCases, goldenTensor, importGolden, relativeDifference } from './golden.js';
import { floats, graphDef, placeholder, type TestNode } from './graph-def.js';

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

test.run();
