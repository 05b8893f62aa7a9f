import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReluAttrs, relu } from '../../src/ops/relu.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

const tenth = Math.fround(0.1);

runCases(relu, [
  {
    name: 'plain',
    attrs: { slope: 0, ceiling: Infinity },
    inputs: [row(-2, -1e-45, 0, 1e-45, 3, Infinity, -Infinity)],
    expected: [[0, 0, 0, 1e-45, 3, Infinity, 0].map(Math.fround)],
    tolerance: 0,
  },
  {
    name: 'leaky',
    attrs: { slope: tenth, ceiling: Infinity },
    inputs: [row(-2, -3, 0, 3)],
    expected: [[Math.fround(-2 * tenth), Math.fround(-3 * tenth), 0, 3]],
    tolerance: 0,
  },
  {
    name: 'ReLU6',
    attrs: { slope: 0, ceiling: 6 },
    inputs: [row(-1, 5.5, 6, 6.5, 1e9)],
    expected: [[0, 5.5, 6, 6, 6]],
    tolerance: 0,
  },
  {
    name: 'a slope above 1',
    attrs: { slope: 2, ceiling: Infinity },
    inputs: [row(-1.5, 1.5)],
    expected: [[-3, 1.5]],
    tolerance: 0,
  },
  {
    name: 'a negative slope',
    attrs: { slope: -1, ceiling: Infinity },
    inputs: [row(-1.5, 1.5)],
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

test('a negative slope makes a host layer, zero does not', () => {
  const ruleOf = (attrs: ReluAttrs) => {
    const { node, shapes } = prepare(relu, { name: 'rule', attrs, inputs: [[1, 2]] }, 1);
    return relu.rule(node, shapes);
  };
  assert.equal(ruleOf({ slope: 0, ceiling: 6 }), { kind: 'activation', slopes: [0], ceiling: 6 });
  assert.equal(ruleOf({ slope: tenth, ceiling: Infinity }), { kind: 'activation', slopes: [tenth], ceiling: Infinity });
  assert.equal(ruleOf({ slope: -tenth, ceiling: Infinity }), { kind: 'host' });
});

test.run();
