import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PoolingAttrs } from '../../src/ops/pooling/pooling.js';
import { dropUnused } from '../../src/optimise/index.js';
import { loadTensorFlow } from '../../src/tensorflow/index.js';
import { floats, graphDef, int32s, placeholder, type TestNode } from './graph-def.js';

/** A padding of a value on all sides, and a pooling of 3 x 3. */
function opsOf(
  value: number,
  operation: 'MaxPool' | 'AvgPool',
  size: number,
  axes = [0, 0, size, size, size, size, 0, 0],
) {
  const nodes: TestNode[] = [
    placeholder('x', [-1, 7, 8, 2]),
    int32s('pads', axes, [4, 2]),
    floats('value', [], [value]),
    { name: 'pad', op: 'PadV2', input: ['x', 'pads', 'value'] },
    {
      name: 'pool',
      op: operation,
      input: ['pad'],
      attr: { ksize: { ints: [1, 3, 3, 1] }, strides: { ints: [1, 2, 2, 1] }, padding: { s: 'VALID' } },
    },
  ];
  return dropUnused(loadTensorFlow({ bytes: graphDef(...nodes), fileName: 'model.pb' })).nodes;
}

test('minus infinity and the lowest float in front of a maximum pooling are its padding', () => {
  for (const value of [-Infinity, -3.4028234663852886e38]) {
    const [, pool, ...others] = opsOf(value, 'MaxPool', 1);
    assert.is(others.length, 0);
    assert.equal((pool!.attrs as PoolingAttrs).pad, [1, 1, 1, 1]);
  }
});

test('other values, other poolings, and padding as wide as the window stay', () => {
  const padded = ['input', 'pad', 'pooling'];
  const names = (...args: Parameters<typeof opsOf>): string[] => opsOf(...args).map((node) => node.op);
  assert.equal(names(-1e30, 'MaxPool', 1), padded);
  assert.equal(names(-Infinity, 'AvgPool', 1), padded);
  assert.equal(names(-Infinity, 'MaxPool', 3), padded);
  assert.equal(names(-Infinity, 'MaxPool', 1, [0, 0, 1, 1, 1, 1, 0, 1]), padded);
});

test.run();
