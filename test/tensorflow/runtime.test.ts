import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { optimise } from '../../src/optimise/index.js';
import { interpret } from '../../src/runtime/interpret.js';
import { Runner } from '../../src/runtime/runner.js';
import { goldenCases, goldenTensor, importGolden, relativeDifference } from './golden.js';

const engine = await createEngine();

for (const one of goldenCases) {
  test(`${one.name}: the kernels write the interpreter's very bits`, () => {
    const graph = importGolden(one);
    const input = goldenTensor(one.input);
    const expected = interpret(graph, new Map([[graph.inputs[0]!, input]]));
    const runner = new Runner(engine, graph, 'direct');
    for (const [id, actual] of runner.run([input.data])) assert.equal(actual, expected[id]);
    runner.free();
  });

  test(`${one.name}: folded, the kernels stay within 1e-4 of TensorFlow`, () => {
    const { graph } = optimise(importGolden(one));
    const runner = new Runner(engine, graph);
    const values = runner.run([goldenTensor(one.input).data]);
    for (const output of one.outputs)
      assert.ok(relativeDifference(values.get(graph.names[output.name]!)!, goldenTensor(output)) <= 1e-4, output.name);
    runner.free();
  });
}

test.run();
