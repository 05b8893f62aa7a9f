import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { keepShape } from './support/elementwise.js';
import { nth, oneToOne } from './support/operands.js';
import { constantNumbers } from './support/tensorflow.js';

/** Range, one or per index of the last axis, that training quantized to `bits` bits; `narrow`: the least code is not used. */
export type FakeQuantAttrs = {
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly bits: number;
  readonly narrow: boolean;
};

/** A range moved so that 0 is one of its codes. */
interface NudgedRange {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

function read(node: TensorFlowNode): TensorFlowReading<FakeQuantAttrs> | undefined {
  const stated = node.type === 'FakeQuantWithMinMaxArgs';
  const min = stated ? [node.attr('min') ?? -6] : constantNumbers(node, 1);
  const max = stated ? [node.attr('max') ?? 6] : constantNumbers(node, 2);
  if (min === undefined || max === undefined) return undefined;
  const bits = (node.attr('num_bits') as number | undefined) ?? 8;
  if (bits < 2 || bits > 16) node.fail(`expected num_bits from 2 to 16, got ${bits}.`);
  const ranges = node.type === 'FakeQuantWithMinMaxVarsPerChannel' ? (node.inputShape(0).at(-1) ?? 1) : 1;
  if (min.length !== ranges || max.length !== ranges)
    node.fail(`expected ${ranges} minima and maxima, got ${min.length} and ${max.length}.`);
  const odd = min.findIndex(
    (least, index) => !(least < (max[index] ?? NaN) && Number.isFinite((max[index] ?? NaN) - least)),
  );
  if (odd >= 0) node.fail(`expected a minimum below its maximum, both finite, got ${min[odd]} and ${max[odd]}.`);
  return { attrs: { min, max, bits, narrow: node.attr('narrow_range') === true }, inputs: [0], params: [] };
}

/** The range as TensorFlow nudges it, in float32 throughout. */
function nudge(minimum: number, maximum: number, bits: number, narrow: boolean): NudgedRange {
  const [first, last] = [narrow ? 1 : 0, 2 ** bits - 1];
  const [min, max] = [Math.fround(minimum), Math.fround(maximum)];
  const step = Math.fround(Math.fround(max - min) / (last - first));
  const zero = Math.fround(first - Math.fround(min / step));
  const code = zero < first ? first : zero > last ? last : Math.round(zero);
  return {
    min: Math.fround(Math.fround(first - code) * step),
    max: Math.fround(Math.fround(last - code) * step),
    step,
  };
}

function rounded(x: number, { min, max, step }: NudgedRange): number {
  const clipped = Math.fround(Math.min(Math.max(x, min), max) - min);
  return Math.fround(Math.floor(Math.fround(Math.fround(clipped * Math.fround(1 / step)) + 0.5)) * step) + min;
}

const rangesOf = ({ min, max, bits, narrow }: FakeQuantAttrs): NudgedRange[] =>
  min.map((least, index) => nudge(least, nth(max, index), bits, narrow));

/**
 * Rounds to the grid that training simulated: float32, step by step as TensorFlow has it. Codes pass: they are on the walk's
 * grid, whose threshold is the range's larger end.
 */
export const fakeQuant: Op<FakeQuantAttrs> = {
  name: 'fake-quant',
  tensorflow: {
    types: ['FakeQuantWithMinMaxArgs', 'FakeQuantWithMinMaxVars', 'FakeQuantWithMinMaxVarsPerChannel'],
    read,
  },
  shape: keepShape,
  rule: ({ attrs }) => ({
    kind: 'shape',
    threshold: rangesOf(attrs).reduce((most, { min, max }) => Math.max(most, -min, max), 0),
  }),
  reference: oneToOne(({ attrs }, input, output) => {
    if (!(input.data instanceof Float32Array)) return output.data.set(input.data);
    const ranges = rangesOf(attrs);
    const { data } = output;
    // One range for all, or one for each index of the last axis.
    input.data.forEach((x, index) => (data[index] = rounded(x, nth(ranges, index % ranges.length))));
  }),
};
