import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { prelu } from '../../src/ops/prelu.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

runCases(
  prelu,
  [
    {
      name: 'per channel',
      attrs: { axis: 1, shared: false },
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([-1, 2, -4, -8]) }],
      params: [[0.5, 0.25]],
      expected: [[-0.5, 2, -1, -2]],
      tolerance: 0,
    },
    {
      name: 'channels last',
      attrs: { axis: 3, shared: false },
      layout: 'NHWC',
      inputs: [{ shape: [1, 2, 1, 2], data: Float32Array.from([-1, 2, -4, -8]) }],
      params: [[0.5, 0.25]],
      expected: [[-0.5, 2, -2, -2]],
      tolerance: 0,
    },
    {
      name: 'shared',
      attrs: { axis: 1, shared: true },
      inputs: [row(-2, 2)],
      params: [[0.125]],
      expected: [[-0.25, 2]],
      tolerance: 0,
    },
    {
      name: 'a flat input',
      attrs: { axis: 1, shared: false },
      inputs: [row(-2, -2)],
      params: [[0.5, 2]],
      expected: [[-1, -4]],
      tolerance: 0,
    },
    { name: 'an image', attrs: { axis: 1, shared: false }, inputs: [[1, 5, 3, 7]] },
    {
      name: 'an axis in the middle of several images',
      attrs: { axis: 1, shared: false },
      inputs: [{ shape: [2, 2, 1, 1], data: Float32Array.from([-1, -1, -2, -2]) }],
      params: [[1, 3]],
      expected: [[-1, -3, -2, -6]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an axis out of range',
      attrs: { axis: 4, shared: false },
      inputs: [[1, 2, 3, 3]],
      message: /axis from -4 to 3, got 4/,
    },
  ],
);

test('a negative slope makes a host layer, zero does not', () => {
  const ruleOf = (slopes: number[]) => {
    const attrs = { axis: 1, shared: false };
    const { node, shapes } = prepare(prelu, { name: 'rule', attrs, inputs: [[1, 2, 1, 1]], params: [slopes] }, 1);
    return prelu.rule(node, shapes);
  };
  assert.equal(ruleOf([0, 0.5]), { kind: 'activation', slopes: [0, 0.5], ceiling: Infinity });
  assert.equal(ruleOf([0.5, -0.5]), { kind: 'host' });
});

test.run();
