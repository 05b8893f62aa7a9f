import { roundHalfEven } from '../fixed/rounding.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { resolveAxis, splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { nth, oneToOne } from './support/operands.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** Codes of `bits` bits, with or without a sign, over a stated range or that of the values; one range, or one per index of `axis`. */
export type QuantizeDequantizeAttrs = {
  readonly signed: boolean;
  readonly bits: number;
  readonly narrow: boolean;
  readonly round: 'half-even' | 'half-up';
  /** Null: the smallest and the largest value. */
  readonly range: { readonly min: readonly number[]; readonly max: readonly number[] } | null;
  /** Null: one range for all. */
  readonly axis: number | null;
};

function read(node: TensorFlowNode): TensorFlowReading<QuantizeDequantizeAttrs> | undefined {
  const bits = node.type === 'QuantizeAndDequantizeV3' ? constantList(node, 3)?.[0] : (node.attr('num_bits') ?? 8);
  const [min, max] = [constantNumbers(node, 1), constantNumbers(node, 2)];
  const isGiven = node.attr('range_given') === true;
  if (bits === undefined || (isGiven && (min === undefined || max === undefined))) return undefined;
  if (!(bits >= 1 && bits <= 24)) node.fail(`expected num_bits from 1 to 24, got ${bits}.`);
  const stated = (node.attr('axis') as number | undefined) ?? -1;
  const shape = node.inputShape(0);
  const axis = stated < 0 ? null : resolveAxis(stated, shape.length);
  const ranges = axis === null ? 1 : splitAxis(shape, axis).size;
  if (isGiven && (min?.length !== ranges || max?.length !== ranges))
    node.fail(`expected ${ranges} minima and maxima, got ${min?.length} and ${max?.length}.`);
  const attrs = {
    signed: node.attr('signed_input') !== false,
    bits,
    narrow: node.attr('narrow_range') === true,
    round: node.attr('round_mode') === 'HALF_UP' ? ('half-up' as const) : ('half-even' as const),
    range: isGiven ? { min: min ?? [], max: max ?? [] } : null,
    axis,
  };
  return { attrs, inputs: [0], params: [] };
}

/** The grid of one range, in float32 as TensorFlow has it. */
interface Grid {
  readonly scale: number;
  readonly step: number;
  readonly min: number;
  readonly max: number;
}

/** The range's end that needs the coarser step decides; the other moves to a whole number of steps. */
function gridOf({ signed, narrow, bits }: QuantizeDequantizeAttrs, least: number, most: number): Grid {
  const top = 2 ** (signed ? bits - 1 : bits) - 1;
  const bottom = signed ? (narrow ? -top : -top - 1) : 0;
  const [min, max] = [Math.fround(least), Math.fround(most)];
  const from = (code: number, end: number): number => (code * end > 0 ? Math.fround(code / end) : Infinity);
  const [low, high] = [from(bottom, min), from(top, max)];
  if (low < high) {
    const step = Math.fround(min / bottom);
    return { scale: low, step, min, max: Math.fround(top * step) };
  }
  const step = Math.fround(max / top);
  return { scale: high, step, min: Math.fround(bottom * step), max };
}

function rounded(x: number, { scale, step, min, max }: Grid, { round, range }: QuantizeDequantizeAttrs): number {
  const limited = range === null ? x : Math.max(Math.min(x, max), min);
  const scaled = Math.fround(limited * scale);
  const code = round === 'half-up' ? Math.floor(Math.fround(scaled + 0.5)) : roundHalfEven(scaled);
  return Math.fround(code * step);
}

/** The grids of a node: of its stated ranges, or of the values along its axis. */
function gridsOf(
  attrs: QuantizeDequantizeAttrs,
  data: ArrayLike<number>,
  rangeOf: (at: number) => number,
  count: number,
): Grid[] {
  const { min, max } = attrs.range ?? extremes(data, rangeOf, count);
  return Array.from({ length: count }, (_, index) => gridOf(attrs, nth(min, index), nth(max, index)));
}

function extremes(
  data: ArrayLike<number>,
  rangeOf: (at: number) => number,
  count: number,
): { min: number[]; max: number[] } {
  const [min, max] = [new Array<number>(count).fill(Infinity), new Array<number>(count).fill(-Infinity)];
  for (let at = 0; at < data.length; at++) {
    const index = rangeOf(at);
    min[index] = Math.min(min[index]!, data[at]!);
    max[index] = Math.max(max[index]!, data[at]!);
  }
  return { min, max };
}

/**
 * Rounds to a grid that training simulated, as TensorRT's tools write it. Over a stated range codes pass: they are on the
 * walk's grid, whose threshold is the range's larger end.
 */
export const quantizeDequantize: Op<QuantizeDequantizeAttrs> = {
  name: 'quantize-dequantize',
  tensorflow: { types: ['QuantizeAndDequantizeV2', 'QuantizeAndDequantizeV3', 'QuantizeAndDequantizeV4'], read },
  shape: keepShape,
  rule({ attrs }) {
    if (attrs.range === null) return { kind: 'host' };
    const count = attrs.range.min.length;
    const grids = gridsOf(attrs, [], () => 0, count);
    return { kind: 'shape', threshold: grids.reduce((most, { min, max }) => Math.max(most, -min, max), 0) };
  },
  reference: oneToOne(({ attrs }, input, output) => {
    if (!(input.data instanceof Float32Array)) return output.data.set(input.data);
    const { size, inner } = attrs.axis === null ? { size: 1, inner: 1 } : splitAxis(input.shape, attrs.axis);
    const rangeOf = (at: number): number => Math.floor(at / inner) % size;
    const grids = gridsOf(attrs, input.data, rangeOf, size);
    input.data.forEach((x, at) => (output.data[at] = rounded(x, nth(grids, rangeOf(at)), attrs)));
  }),
};
