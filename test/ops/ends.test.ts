import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { caffeOp, opOf, ops } from '../../src/ops/index.js';
import { input } from '../../src/ops/input.js';
import { silence } from '../../src/ops/silence.js';

test('an input has the shape it declares, of positive sizes', () => {
  assert.equal(input.shape({ shape: [1, 3, 4, 5] }, []), [[1, 3, 4, 5]]);
  assert.throws(() => input.shape({ shape: [1, 0, 4] }, []), /input sizes of at least 1, got 0/);
});

test('silence reads and gives nothing', () => {
  assert.equal(silence.shape({}, [[1, 2], [3]]), []);
});

test('every operator is found by its name and by each of its spellings', () => {
  assert.is(new Set(ops.map((op) => op.name)).size, ops.length);
  for (const op of ops) {
    assert.is(opOf({ op: op.name }), op);
    for (const type of op.caffe?.types ?? []) assert.is(caffeOp(type), op, type);
  }
  assert.is(caffeOp('NoSuchLayer'), undefined);
  assert.throws(() => opOf({ op: 'nothing' }), /no operator is named "nothing"/);
});

test.run();
