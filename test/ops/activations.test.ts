import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PreluAttrs, prelu } from '../../src/ops/prelu.js';
import { type ReluAttrs, relu } from '../../src/ops/relu.js';
import { prepare, runCases } from './run-cases.js';

const line = (...values: number[]) => ({ shape: [1, values.length], data: Float32Array.from(values) });
const tenth = Math.fround(0.1);

runCases(relu, [
  {
    name: 'plain',
    attrs: { slope: 0, ceiling: Infinity },
    inputs: [line(-2, -1e-45, 0, 1e-45, 3, Infinity, -Infinity)],
    expected: [[0, 0, 0, 1e-45, 3, Infinity, 0].map(Math.fround)],
    tolerance: 0,
  },
  {
    name: 'leaky',
    attrs: { slope: tenth, ceiling: Infinity },
    inputs: [line(-2, -3, 0, 3)],
    expected: [[Math.fround(-2 * tenth), Math.fround(-3 * tenth), 0, 3]],
    tolerance: 0,
  },
  {
    name: 'ReLU6',
    attrs: { slope: 0, ceiling: 6 },
    inputs: [line(-1, 5.5, 6, 6.5, 1e9)],
    expected: [[0, 5.5, 6, 6, 6]],
    tolerance: 0,
  },
  {
    name: 'a slope above 1',
    attrs: { slope: 2, ceiling: Infinity },
    inputs: [line(-1.5, 1.5)],
    expected: [[-3, 1.5]],
    tolerance: 0,
  },
  {
    name: 'a negative slope',
    attrs: { slope: -1, ceiling: Infinity },
    inputs: [line(-1.5, 1.5)],
    expected: [[1.5, 1.5]],
    tolerance: 0,
  },
  {
    name: 'an image',
    attrs: { slope: tenth, ceiling: Infinity },
    inputs: [[1, 3, 5, 7]],
    expected: ([x]) => [x!.data.map((v) => (v < 0 ? v * tenth : v))],
    tolerance: 0,
  },
]);

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
      inputs: [line(-2, 2)],
      params: [[0.125]],
      expected: [[-0.25, 2]],
      tolerance: 0,
    },
    {
      name: 'a flat input',
      attrs: { axis: 1, shared: false },
      inputs: [line(-2, -2)],
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
  const ruleOf = (attrs: ReluAttrs) => {
    const { node, shapes } = prepare(relu, { name: 'rule', attrs, inputs: [[1, 2]] }, 1);
    return relu.rule(node, shapes);
  };
  assert.equal(ruleOf({ slope: 0, ceiling: 6 }), { kind: 'activation', slopes: [0], ceiling: 6 });
  assert.equal(ruleOf({ slope: tenth, ceiling: Infinity }), { kind: 'activation', slopes: [tenth], ceiling: Infinity });
  assert.equal(ruleOf({ slope: -tenth, ceiling: Infinity }), { kind: 'host' });
  const preluRule = (slopes: number[], attrs: PreluAttrs) => {
    const { node, shapes } = prepare(prelu, { name: 'rule', attrs, inputs: [[1, 2, 1, 1]], params: [slopes] }, 1);
    return prelu.rule(node, shapes);
  };
  assert.equal(preluRule([0, 0.5], { axis: 1, shared: false }), {
    kind: 'activation',
    slopes: [0, 0.5],
    ceiling: Infinity,
  });
  assert.equal(preluRule([0.5, -0.5], { axis: 1, shared: false }), { kind: 'host' });
});

test.run();
