import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ops } from '../../src/ops/index.js';
import { goldenCases, importGolden } from '../tensorflow/golden.js';
import { image, nodeOf, read, rows, vector, window } from './tensorflow-rows.js';
import { counting } from './values.js';

rows.forEach((row, index) => {
  test(`node ${index}: ${row.type} is ${row.op}`, () => {
    const found = read(nodeOf(row.type, row.from, row.with ?? {}));
    assert.is(found?.op, row.op);
    const reading = found!.reading;
    for (const [key, value] of Object.entries(row.attrs)) assert.equal(reading.attrs[key], value, key);
    assert.equal(reading.inputs, row.inputs ?? [0]);
    assert.equal(
      reading.params.map(({ shape }) => shape),
      row.params ?? [],
    );
    assert.equal(reading.reshape, row.reshape);
  });
});

/** The node types that graphs run by TensorFlow itself hold, each as `Type as op`: test/tensorflow/golden.test.ts compares values. */
const recorded = new Set(
  goldenCases.flatMap((one) => importGolden(one).nodes.map(({ type, op }) => `${type} as ${op}`)),
);

test('every node type of the table has a row, or a graph that TensorFlow ran, for each op that reads it', () => {
  const without = ops.flatMap((op) =>
    (op.tensorflow?.types ?? [])
      .filter((type) => !rows.some((row) => row.type === type && row.op === op.name))
      .map((type) => `${type} as ${op.name}`)
      .filter((name) => !recorded.has(name)),
  );
  assert.equal(without, [], `expected a row for ${without.join(', ')}`);
});

test('a list that depends on the input leaves a node to no op', () => {
  assert.is(read(nodeOf('Pad', [vector, [2, 2]], {})), undefined);
  assert.is(read(nodeOf('StridedSlice', [vector, [2], [2], [2]], {})), undefined);
});

test('a convolution whose channels do not fit is refused with both counts', () => {
  const node = nodeOf('Conv2D', [image, counting([1, 1, 3, 2])], window);
  assert.throws(() => read(node), /a filter for 4 input channels, got one for 3/);
});

test.run();
