import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FakeQuantAttrs, fakeQuant } from '../../src/ops/fake-quant.js';
import type { Rule } from '../../src/ops/op.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

function fakeQuantized(attrs: FakeQuantAttrs, ...values: number[]): number[] {
  const { node, inputs, outputs, shapes } = prepare(
    fakeQuant,
    { name: 'fake quant', attrs, inputs: [row(...values)] },
    1,
  );
  fakeQuant.reference(node, inputs, outputs, shapes.layout);
  return [...outputs[0]!.data];
}

runCases(
  fakeQuant,
  [
    {
      name: 'values on the grid stay',
      attrs: { min: [0], max: [255], bits: 8, narrow: false },
      inputs: [row(0, 1, 7, 255)],
      expected: [[0, 1, 7, 255]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'two inputs',
      attrs: { min: [0], max: [1], bits: 8, narrow: false },
      inputs: [[1], [1]],
      message: /expected 1 input, got 2/,
    },
  ],
);

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
