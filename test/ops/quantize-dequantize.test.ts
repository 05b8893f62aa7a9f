import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type QuantizeDequantizeAttrs, quantizeDequantize } from '../../src/ops/quantize-dequantize.js';
import { prepare, runCases } from './run-cases.js';
import { row } from './values.js';

const attrs = {
  signed: true,
  bits: 3,
  narrow: false,
  round: 'half-even',
  range: { min: [-4], max: [3] },
  axis: null,
} as const;

runCases(quantizeDequantize, [
  {
    name: 'values on the grid stay',
    attrs,
    inputs: [row(0, -4, 1, 3)],
    expected: [[0, -4, 1, 3]],
    tolerance: 0,
  },
  {
    // The largest value, 6, takes code 3; the smallest would allow steps of 1.
    name: 'the range of the values, the end with the coarser step',
    attrs: { ...attrs, range: null },
    inputs: [row(-4, -1.5, 0, 1.5, 6)],
    expected: [[-4, -2, 0, 2, 6]],
    tolerance: 0,
  },
]);

function quantized(more: Partial<QuantizeDequantizeAttrs>, ...values: number[]): number[] {
  const one = { name: 'it', attrs: { ...attrs, ...more }, inputs: [row(...values)] };
  const { node, inputs, outputs, shapes } = prepare(quantizeDequantize, one, 1);
  quantizeDequantize.reference(node, inputs, outputs, shapes.layout);
  return [...outputs[0]!.data].map((value) => value + 0);
}

test('values are limited to the range and rounded to whole steps, halves to even or up', () => {
  assert.equal(quantized({}, -9, -1.5, -0.5, 0.5, 1.5, 2.5, 9), [-4, -2, 0, 0, 2, 2, 3]);
  assert.equal(quantized({ round: 'half-up' }, -1.5, -0.5, 0.5, 1.5), [-1, 0, 1, 2]);
});

test('without a sign values below 0 become 0; the narrow range has as many codes below 0 as above', () => {
  assert.equal(quantized({ signed: false, range: { min: [-1], max: [14] } }, -1, 0.5, 3, 15), [0, 0, 4, 14]);
  assert.equal(quantized({ narrow: true, range: { min: [-3], max: [3] } }, -9, 9), [-3, 3]);
});

test('each index of an axis has a range of its own', () => {
  assert.equal(quantized({ range: { min: [-4, -8], max: [3, 6] }, axis: 1 }, 0.75, 5), [1, 4]);
});

test('over a stated range the codes pass, with its larger end as the threshold', () => {
  const rule = (range: { min: number[]; max: number[] } | null) =>
    quantizeDequantize.rule({ attrs: { ...attrs, range } } as never, {} as never);
  assert.equal(rule({ min: [-4], max: [3] }), { kind: 'shape', threshold: 4 });
  assert.equal(rule(null), { kind: 'host' });
});

test.run();
