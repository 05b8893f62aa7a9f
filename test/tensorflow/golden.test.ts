import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { opOf } from '../../src/ops/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { elements } from '../../src/tensor.js';
import { goldenCases, goldenTensor, importGolden, relativeDifference } from './golden.js';

for (const one of goldenCases) {
  test(`${one.name}: TensorFlow's own outputs within 1e-4 of the largest value`, () => {
    const graph = importGolden(one);
    const values = interpret(graph, new Map([[graph.inputs[0]!, goldenTensor(one.input)]]));
    assert.equal(new Set(one.outputs.map((output) => graph.names[output.name])), new Set(graph.outputs));
    for (const output of one.outputs) {
      const actual = values[graph.names[output.name]!]!;
      const expected = goldenTensor(output);
      assert.equal([...actual.shape], [...expected.shape]);
      const difference = relativeDifference(actual, expected);
      assert.ok(difference <= 1e-4, `${output.name} differs by ${difference}`);
    }
  });
}

test('every node is what its operator says: shapes, constants, unique names, inputs before readers', () => {
  for (const one of goldenCases) {
    const { nodes, values } = importGolden(one);
    assert.is(new Set(nodes.map((node) => node.name)).size, nodes.length, one.name);
    const written = new Set<number>();
    for (const node of nodes) {
      const inputs = node.inputs.map((id) => values[id]!.shape);
      node.inputs.forEach((id) => assert.ok(written.has(id), `${one.name}: ${node.name}`));
      node.outputs.forEach((id) => written.add(id));
      const op = opOf(node);
      assert.equal(
        op.shape(node.attrs, inputs).map((shape) => [...shape]),
        node.outputs.map((id) => [...values[id]!.shape]),
        `${one.name}: ${node.name}`,
      );
      const specs = op.params?.(node.attrs, inputs) ?? [];
      assert.equal(
        node.params.map(({ shape }) => [...shape]),
        specs.map(({ shape }) => [...shape]),
        `${one.name}: ${node.name}`,
      );
      node.params.forEach(({ shape, data }) => assert.is(data.length, elements(shape)));
    }
    assert.equal(
      values.map(({ id }) => id),
      values.map((_, index) => index),
      one.name,
    );
  }
});

test.run();
