import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { concat } from '../../src/ops/concat.js';
import { type EltwiseAttrs, eltwise } from '../../src/ops/eltwise.js';
import { slice } from '../../src/ops/slice.js';
import { split } from '../../src/ops/split.js';
import { prepare, runCases } from './run-cases.js';

const row = (...values: number[]) => ({ shape: [1, values.length], data: Float32Array.from(values) });
const count = (shape: number[], first = 0) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => first + i),
});
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

runCases(
  concat,
  [
    {
      name: 'channels',
      attrs: { axis: 1 },
      inputs: [count([1, 1, 1, 2]), count([1, 2, 1, 2], 10)],
      shapes: [[1, 3, 1, 2]],
      expected: [[0, 1, 10, 11, 12, 13]],
      tolerance: 0,
    },
    {
      name: 'the last axis, counted from the end',
      attrs: { axis: -1 },
      inputs: [count([1, 2, 1, 2]), count([1, 2, 1, 1], 10)],
      shapes: [[1, 2, 1, 3]],
      expected: [[0, 1, 10, 2, 3, 11]],
      tolerance: 0,
    },
    {
      name: 'the batch axis',
      attrs: { axis: 0 },
      inputs: [count([1, 2]), count([1, 2], 5)],
      shapes: [[2, 2]],
      expected: [[0, 1, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'one input',
      attrs: { axis: 1 },
      inputs: [count([1, 2])],
      shapes: [[1, 2]],
      expected: [[0, 1]],
      tolerance: 0,
    },
    {
      name: 'three images',
      attrs: { axis: 1 },
      inputs: [
        [1, 3, 2, 2],
        [1, 1, 2, 2],
        [1, 5, 2, 2],
      ],
      shapes: [[1, 9, 2, 2]],
    },
  ],
  [
    {
      name: 'other sizes that differ',
      attrs: { axis: 1 },
      inputs: [
        [1, 2, 3, 3],
        [1, 2, 3, 4],
      ],
      message: /differ along axis 1 only, got 1x2x3x3 and 1x2x3x4/,
    },
    {
      name: 'other ranks',
      attrs: { axis: 1 },
      inputs: [
        [1, 2, 3, 3],
        [1, 2],
      ],
      message: /differ along axis 1 only/,
    },
    { name: 'an axis out of range', attrs: { axis: 4 }, inputs: [[1, 2, 3, 3]], message: /axis from -4 to 3, got 4/ },
  ],
);

runCases(
  slice,
  [
    {
      name: 'equal parts',
      attrs: { axis: 1, count: 2, points: [] },
      inputs: [count([1, 4, 1, 2])],
      shapes: [
        [1, 2, 1, 2],
        [1, 2, 1, 2],
      ],
      expected: [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      tolerance: 0,
    },
    {
      name: 'at points',
      attrs: { axis: 1, count: 3, points: [1, 3] },
      inputs: [count([1, 4])],
      shapes: [
        [1, 1],
        [1, 2],
        [1, 1],
      ],
      expected: [[0], [1, 2], [3]],
      tolerance: 0,
    },
    {
      name: 'rows',
      attrs: { axis: 2, count: 2, points: [1] },
      inputs: [count([1, 2, 2, 2])],
      expected: [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
      ],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'parts that are not equal',
      attrs: { axis: 1, count: 3, points: [] },
      inputs: [[1, 4]],
      message: /3 equal parts of axis 1, got its size 4/,
    },
    {
      name: 'too few points',
      attrs: { axis: 1, count: 3, points: [1] },
      inputs: [[1, 4]],
      message: /2 slice points for 3 outputs, got 1/,
    },
    {
      name: 'points beyond the end',
      attrs: { axis: 1, count: 2, points: [4] },
      inputs: [[1, 4]],
      message: /ascending slice points within 4, got 4/,
    },
  ],
);

runCases(split, [
  {
    name: 'two copies',
    attrs: { count: 2 },
    inputs: [row(1, 2)],
    shapes: [
      [1, 2],
      [1, 2],
    ],
    expected: [
      [1, 2],
      [1, 2],
    ],
    tolerance: 0,
  },
]);

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
