import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interpret } from '../../src/runtime/interpret.js';
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

test.run();
