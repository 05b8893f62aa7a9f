import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BinaryAttrs, binary } from '../../src/ops/binary.js';
import { prepare, runCases } from './run-cases.js';
import { counting, row } from './values.js';

const two = (operation: string): BinaryAttrs => ({ operation, constant: 'none', constantShape: [] });

const right = (operation: string, ...constantShape: number[]): BinaryAttrs => ({
  operation,
  constant: 'right',
  constantShape,
});

runCases(
  binary,
  [
    { name: 'sum', attrs: two('add'), inputs: [row(1, 2), row(10, 20)], expected: [[11, 22]], tolerance: 0 },
    {
      name: 'rounded once',
      attrs: two('mul'),
      inputs: [row(Math.fround(0.1)), row(Math.fround(0.3))],
      expected: [[Math.fround(Math.fround(0.1) * Math.fround(0.3))]],
      tolerance: 0,
    },
    {
      name: 'a column against a row',
      attrs: two('sub'),
      inputs: [counting([2, 1], 10), counting([1, 3])],
      shapes: [[2, 3]],
      expected: [[10, 9, 8, 11, 10, 9]],
      tolerance: 0,
    },
    {
      name: 'ranks that differ',
      attrs: two('max'),
      inputs: [counting([2, 1, 2]), row(1, 2)],
      shapes: [[2, 1, 2]],
      expected: [[1, 2, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'a constant per channel',
      attrs: right('mul', 2),
      inputs: [counting([1, 1, 2, 2])],
      params: [[2, 3]],
      layout: 'NHWC',
      expected: [[0, 3, 4, 9]],
      tolerance: 0,
    },
    {
      name: 'a constant on the left',
      attrs: { operation: 'div', constant: 'left', constantShape: [] },
      inputs: [row(2, 4)],
      params: [[1]],
      expected: [[0.5, 0.25]],
      tolerance: 0,
    },
    {
      name: 'a constant that stretches the input',
      attrs: right('add', 3, 1),
      inputs: [row(1, 2)],
      params: [[10, 20, 30]],
      shapes: [[3, 2]],
      expected: [[11, 12, 21, 22, 31, 32]],
      tolerance: 0,
    },
    {
      name: 'truth is 1',
      attrs: right('greater'),
      inputs: [row(-1, 0, 1, NaN)],
      params: [[0]],
      expected: [[0, 0, 1, 0]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'sizes that do not broadcast',
      attrs: two('add'),
      inputs: [
        [1, 2],
        [1, 3],
      ],
      message: /operands that broadcast, got shapes \[1, 2\] and \[1, 3\]/,
    },
    { name: 'one operand missing', attrs: two('add'), inputs: [[1, 2]], message: /expected 2 inputs, got 1/ },
  ],
);

test('a binary operation is affine where its constant varies along the channels only', () => {
  const affine = (attrs: BinaryAttrs, params: number[][], input: number[], layout: 'NHWC' | 'NCHW' = 'NHWC') => {
    const { node, shapes } = prepare(binary, { name: 'affine', attrs, inputs: [input], params, layout }, 1);
    const found = binary.toAffine!(node, shapes);
    return found && [[...found.scale], [...found.shift]];
  };
  const image = [1, 2, 2, 3];
  assert.equal(affine(right('add', 3), [[1, 2, 3]], image), [
    [1, 1, 1],
    [1, 2, 3],
  ]);
  assert.equal(affine(right('sub', 1, 1, 3), [[1, 2, 3]], image), [
    [1, 1, 1],
    [-1, -2, -3],
  ]);
  assert.equal(affine({ ...right('sub', 3), constant: 'left' }, [[1, 2, 3]], image), [
    [-1, -1, -1],
    [1, 2, 3],
  ]);
  assert.equal(affine(right('mul'), [[4]], image), [
    [4, 4, 4],
    [0, 0, 0],
  ]);
  assert.equal(affine(right('div', 3), [[1, 2, 4]], image), [
    [1, 0.5, 0.25],
    [0, 0, 0],
  ]);
  assert.equal(affine(right('add', 2, 1, 1), [[5, 6]], [1, 2, 3, 3], 'NCHW'), [
    [1, 1],
    [5, 6],
  ]);
  assert.is(affine(right('add', 2, 1), [[1, 2]], image), undefined);
  assert.is(affine(right('add', 2, 1, 1, 3), [[1, 2, 3, 4, 5, 6]], image), undefined);
  assert.is(affine({ ...right('div', 3), constant: 'left' }, [[1, 2, 3]], image), undefined);
  assert.is(affine(right('max', 3), [[1, 2, 3]], image), undefined);
});

test.run();
