import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type EltwiseAttrs, eltwise } from '../../src/ops/eltwise.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

const sum: EltwiseAttrs = { operation: 'sum', coefficients: [] };

const half = Math.fround(0.1);

runCases(
  eltwise,
  [
    { name: 'sum', attrs: sum, inputs: [row(1, 2), row(10, 20)], expected: [[11, 22]], tolerance: 0 },
    {
      name: 'sum of three, rounded once',
      attrs: sum,
      inputs: [row(2 ** 24), row(1), row(1)],
      expected: [[2 ** 24 + 2]],
      tolerance: 0,
    },
    {
      name: 'difference',
      attrs: { ...sum, coefficients: [1, -1] },
      inputs: [row(1, 2), row(10, 20)],
      expected: [[-9, -18]],
      tolerance: 0,
    },
    {
      name: 'float32 coefficients, rounded once',
      attrs: { ...sum, coefficients: [half, 3] },
      inputs: [row(7), row(0.25)],
      expected: [[Math.fround(7 * half + 0.75)]],
      tolerance: 0,
    },
    {
      name: 'product',
      attrs: { operation: 'product', coefficients: [] },
      inputs: [row(1.5, -2), row(3, 4)],
      expected: [[4.5, -8]],
      tolerance: 0,
    },
    {
      name: 'product of three',
      attrs: { operation: 'product', coefficients: [] },
      inputs: [row(2), row(3), row(4)],
      expected: [[24]],
      tolerance: 0,
    },
    {
      name: 'max of three',
      attrs: { operation: 'max', coefficients: [] },
      inputs: [row(1, -5), row(3, -4), row(2, -6)],
      expected: [[3, -4]],
      tolerance: 0,
    },
    {
      name: 'images',
      attrs: sum,
      inputs: [
        [1, 3, 4, 5],
        [1, 3, 4, 5],
      ],
      expected: ([a, b]) => [a!.data.map((x, i) => x + b!.data[i]!)],
      tolerance: 0,
    },
  ],
  [
    { name: 'one input', attrs: sum, inputs: [[1, 2]], message: /at least 2 inputs, got 1/ },
    {
      name: 'different shapes',
      attrs: sum,
      inputs: [
        [1, 2, 3, 3],
        [1, 2, 3, 4],
      ],
      message: /one shape, got 1x2x3x3 and 1x2x3x4/,
    },
    {
      name: 'too few coefficients',
      attrs: { ...sum, coefficients: [1] },
      inputs: [
        [1, 2],
        [1, 2],
      ],
      message: /2 coefficients, one per input, got 1/,
    },
    {
      name: 'coefficients of a maximum',
      attrs: { operation: 'max', coefficients: [1, 2] },
      inputs: [
        [1, 2],
        [1, 2],
      ],
      message: /with a sum only/,
    },
  ],
);

test('a product runs on the host; coefficients are one per input', () => {
  const rule = (attrs: EltwiseAttrs) => {
    const { node, shapes } = prepare(
      eltwise,
      {
        name: 'rule',
        attrs,
        inputs: [
          [1, 2],
          [1, 2],
        ],
      },
      1,
    );
    return eltwise.rule(node, shapes);
  };
  assert.equal(rule(sum), { kind: 'eltwise', operation: 'sum', coefficients: [1, 1] });
  assert.equal(rule({ ...sum, coefficients: [2, -1] }), { kind: 'eltwise', operation: 'sum', coefficients: [2, -1] });
  assert.equal(rule({ operation: 'product', coefficients: [] }), { kind: 'host' });
});

test.run();
