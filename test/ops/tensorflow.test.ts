import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BinaryAttrs, binary } from '../../src/ops/binary.js';
import { constant } from '../../src/ops/constant.js';
import { depthSpace } from '../../src/ops/depth-space.js';
import { type FakeQuantAttrs, fakeQuant } from '../../src/ops/fake-quant.js';
import type { Rule } from '../../src/ops/op.js';
import { pack } from '../../src/ops/pack.js';
import { pad } from '../../src/ops/pad.js';
import { reduce } from '../../src/ops/reduce.js';
import { select } from '../../src/ops/select.js';
import { stridedSlice } from '../../src/ops/strided-slice.js';
import { tile } from '../../src/ops/tile.js';
import { unary } from '../../src/ops/unary.js';
import { unpack } from '../../src/ops/unpack.js';
import { prepare, runCases } from './run-cases.js';

const row = (...values: number[]) => ({ shape: [1, values.length], data: Float32Array.from(values) });
const count = (shape: number[], first = 0) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => first + i),
});
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
      inputs: [count([2, 1], 10), count([1, 3])],
      shapes: [[2, 3]],
      expected: [[10, 9, 8, 11, 10, 9]],
      tolerance: 0,
    },
    {
      name: 'ranks that differ',
      attrs: two('max'),
      inputs: [count([2, 1, 2]), row(1, 2)],
      shapes: [[2, 1, 2]],
      expected: [[1, 2, 2, 3]],
      tolerance: 0,
    },
    {
      name: 'a constant per channel',
      attrs: right('mul', 2),
      inputs: [count([1, 1, 2, 2])],
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

runCases(unary, [
  { name: 'negative', attrs: { operation: 'neg' }, inputs: [row(1, -2)], expected: [[-1, 2]], tolerance: 0 },
  {
    name: 'square root',
    attrs: { operation: 'sqrt' },
    inputs: [row(2, 9)],
    expected: [[Math.fround(Math.sqrt(2)), 3]],
    tolerance: 0,
  },
  {
    name: 'inverse square root, rounded once',
    attrs: { operation: 'rsqrt' },
    inputs: [row(3)],
    expected: [[Math.fround(1 / Math.sqrt(3))]],
    tolerance: 0,
  },
  {
    name: 'halves to even',
    attrs: { operation: 'round' },
    inputs: [row(0.5, 1.5, -0.5, -1.5, 2.4)],
    expected: [[0, 2, 0, -2, 2]],
    tolerance: 1e-9,
  },
  {
    name: 'to an integer',
    attrs: { operation: 'truncate' },
    inputs: [row(1.9, -1.9)],
    expected: [[1, -1]],
    tolerance: 0,
  },
]);

runCases(
  select,
  [
    {
      name: 'element by element',
      attrs: { rows: false },
      inputs: [row(1, 0, 2), row(1, 2, 3), row(10, 20, 30)],
      expected: [[1, 20, 3]],
      tolerance: 0,
    },
    {
      name: 'a vector chooses rows',
      attrs: { rows: true },
      inputs: [{ shape: [2], data: Float32Array.of(1, 0) }, count([2, 2]), count([2, 2], 10)],
      expected: [[0, 1, 12, 13]],
      tolerance: 0,
    },
    {
      name: 'a vector is broadcast',
      attrs: { rows: false },
      inputs: [{ shape: [2], data: Float32Array.of(1, 0) }, count([2, 2]), count([2, 2], 10)],
      expected: [[0, 11, 2, 13]],
      tolerance: 0,
    },
  ],
  [{ name: 'one branch', attrs: { rows: false }, inputs: [[1], [1]], message: /expected 3 inputs, got 2/ }],
);

runCases(constant, [
  {
    name: 'its value',
    attrs: { shape: [2] },
    inputs: [],
    params: [[3, 4]],
    shapes: [[2]],
    expected: [[3, 4]],
    tolerance: 0,
  },
]);

const padding = { before: [0, 2], after: [0, 1], mode: 'constant', value: 0 } as const;
runCases(
  pad,
  [
    { name: 'zeros', attrs: padding, inputs: [row(0, 2, 3)], expected: [[0, 0, 0, 2, 3, 0]], tolerance: 0 },
    {
      name: 'a value',
      attrs: { ...padding, value: -1 },
      inputs: [row(1, 2, 3)],
      expected: [[-1, -1, 1, 2, 3, -1]],
      tolerance: 0,
    },
    {
      name: 'reflected',
      attrs: { ...padding, mode: 'reflect' },
      inputs: [row(1, 2, 3)],
      expected: [[3, 2, 1, 2, 3, 2]],
      tolerance: 0,
    },
    {
      name: 'mirrored',
      attrs: { ...padding, mode: 'symmetric' },
      inputs: [row(1, 2, 3)],
      expected: [[2, 1, 1, 2, 3, 3]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'too many mirrored elements',
      attrs: { ...padding, mode: 'reflect' },
      inputs: [[1, 2]],
      message: /at most 1 mirrored elements along axis 1, got 2/,
    },
    { name: 'another rank', attrs: padding, inputs: [[1, 2, 3]], message: /paddings for 3 axes, got 2/ },
    {
      name: 'negative paddings',
      attrs: { ...padding, before: [0, -1] },
      inputs: [[1, 2]],
      message: /paddings of at least 0/,
    },
  ],
);

runCases(
  stridedSlice,
  [
    {
      name: 'a box',
      attrs: { begin: [0, 1], step: [1, 1], size: [2, 2], shape: [2, 2] },
      inputs: [count([2, 4])],
      expected: [[1, 2, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'backwards by two, an axis dropped',
      attrs: { begin: [1, 3], step: [1, -2], size: [1, 2], shape: [2] },
      inputs: [count([2, 4])],
      shapes: [[2]],
      expected: [[7, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'outside',
      attrs: { begin: [0, 3], step: [1, 1], size: [1, 2], shape: [1, 2] },
      inputs: [[2, 4]],
      message: /within the 4 elements of axis 1, got 3 to 4/,
    },
  ],
);

runCases(
  tile,
  [
    {
      name: 'both axes',
      attrs: { multiples: [2, 2] },
      inputs: [row(1, 2)],
      shapes: [[2, 4]],
      expected: [[1, 2, 1, 2, 1, 2, 1, 2]],
      tolerance: 0,
    },
  ],
  [{ name: 'another rank', attrs: { multiples: [2] }, inputs: [[1, 2]], message: /multiples for 2 axes, got 1/ }],
);

runCases(pack, [
  {
    name: 'along a new last axis',
    attrs: { axis: 2 },
    inputs: [row(1, 2), row(3, 4)],
    shapes: [[1, 2, 2]],
    expected: [[1, 3, 2, 4]],
    tolerance: 0,
  },
  {
    name: 'along a new first axis',
    attrs: { axis: 0 },
    inputs: [row(1, 2), row(3, 4)],
    shapes: [[2, 1, 2]],
    expected: [[1, 2, 3, 4]],
    tolerance: 0,
  },
]);

runCases(
  unpack,
  [
    {
      name: 'the last axis',
      attrs: { axis: -1 },
      inputs: [count([2, 2])],
      shapes: [[2], [2]],
      expected: [
        [0, 2],
        [1, 3],
      ],
      tolerance: 0,
    },
  ],
  [{ name: 'an axis out of range', attrs: { axis: 2 }, inputs: [[2, 2]], message: /axis from -2 to 1, got 2/ }],
);

runCases(reduce, [
  {
    name: 'mean of rows',
    attrs: { operation: 'mean', axes: [1] },
    inputs: [count([2, 3])],
    shapes: [[2, 1]],
    expected: [[1, 4]],
    tolerance: 0,
  },
  {
    name: 'sum over two axes, rounded once',
    attrs: { operation: 'sum', axes: [0, 1] },
    inputs: [row(2 ** 24, 1, 1)],
    shapes: [[1, 1]],
    expected: [[2 ** 24 + 2]],
    tolerance: 0,
  },
  {
    name: 'maximum of columns',
    attrs: { operation: 'max', axes: [0] },
    inputs: [count([2, 3])],
    shapes: [[1, 3]],
    expected: [[3, 4, 5]],
    tolerance: 0,
  },
  {
    name: 'product over nothing',
    attrs: { operation: 'product', axes: [] },
    inputs: [row(2, 3)],
    shapes: [[1, 2]],
    expected: [[2, 3]],
    tolerance: 0,
  },
]);

runCases(
  depthSpace,
  [
    {
      name: 'pixels to channels',
      attrs: { to: 'depth', block: 2, layout: 'NHWC' },
      inputs: [count([1, 2, 4, 1])],
      shapes: [[1, 1, 2, 4]],
      expected: [[0, 1, 4, 5, 2, 3, 6, 7]],
      tolerance: 0,
    },
    {
      name: 'channels to pixels',
      attrs: { to: 'space', block: 2, layout: 'NHWC' },
      inputs: [count([1, 1, 2, 4])],
      shapes: [[1, 2, 4, 1]],
      expected: [[0, 1, 4, 5, 2, 3, 6, 7]],
      tolerance: 0,
    },
    {
      name: 'channels to pixels in planes',
      attrs: { to: 'space', block: 2, layout: 'NCHW' },
      inputs: [count([1, 8, 1, 1])],
      layout: 'NCHW',
      shapes: [[1, 2, 2, 2]],
      expected: [[0, 2, 4, 6, 1, 3, 5, 7]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'odd sizes',
      attrs: { to: 'depth', block: 2, layout: 'NHWC' },
      inputs: [[1, 3, 4, 1]],
      message: /multiples of 2, got 3x4/,
    },
    {
      name: 'channels that do not divide',
      attrs: { to: 'space', block: 2, layout: 'NHWC' },
      inputs: [[1, 3, 4, 6]],
      message: /a multiple of 4, got 6/,
    },
  ],
);

function fakeQuantized(attrs: FakeQuantAttrs, ...values: number[]): number[] {
  const { node, inputs, outputs, shapes } = prepare(
    fakeQuant,
    { name: 'fake quant', attrs, inputs: [row(...values)] },
    1,
  );
  fakeQuant.reference(node, inputs, outputs, shapes.layout);
  return [...outputs[0]!.data];
}

test('fake-quant clips and rounds to the range trained', () => {
  assert.equal(
    fakeQuantized({ min: [0], max: [255], bits: 8, narrow: false }, -3, 0.4, 0.5, 254.6, 300),
    [0, 0, 1, 255, 255],
  );
  assert.equal(fakeQuantized({ min: [-0.1], max: [2.9], bits: 2, narrow: false }, -1, 0, 1.2, 9), [0, 0, 1, 3]);
  assert.equal(fakeQuantized({ min: [0, 0], max: [3, 30], bits: 2, narrow: false }, 1.4, 14), [1, 10]);
});

test('fake-quant lets codes pass and fixes the threshold', () => {
  const attrs = { min: [-1], max: [3], bits: 8, narrow: false };
  const { node, shapes } = prepare(fakeQuant, { name: 'fake quant', attrs, inputs: [[1, 2]] }, 1);
  const codes = { shape: [1, 2], data: Int8Array.of(-100, 127) };
  const moved = { shape: [1, 2], data: new Int8Array(2) };
  fakeQuant.reference(node, [codes], [moved], 'NHWC');
  assert.equal([...moved.data], [-100, 127]);
  const { kind, threshold } = fakeQuant.rule(node, shapes) as Rule & { kind: 'shape' };
  assert.is(kind, 'shape');
  assert.ok(Math.abs(threshold! - 3) < 4 / 255, `${threshold}`);
});

test.run();
