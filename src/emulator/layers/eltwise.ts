import { CODES } from '../../fixed/grid.js';
import { lowerJoinCodes, lowerMaxCodes } from '../../kernels/elementwise.js';
import { type SumType, sumBytes } from '../../kernels/epilogue.js';
import { requantizeEltwise } from '../../overlay/requantization.js';
import { gridsOf, multipliersOf, type ScalingEntry } from '../../scaling/index.js';
import type { Action, EmulationContext, Layer } from '../context.js';
import { finish, finishedValues, type RequantizationOf } from '../finish.js';
import { slopeChannels } from './activation.js';

/** Operands on the entry's grid, coefficients multiplied into their rescaling; sum (or largest), then the entry's triple. */
export function eltwise(
  context: EmulationContext,
  { index, node, rule }: Layer<'eltwise'>,
  entry: ScalingEntry,
): Action {
  const { memory, operands, placement } = context;
  const { analysis } = placement;
  const { input: grid } = gridsOf(entry);
  const id = analysis.output(index);
  const count = memory.size(id);
  const coefficients = node.inputs.map((_, i) => rule.coefficients[i] ?? 1);
  const inputs = node.inputs.map((input, i) => operands.weighed(input, grid, Math.abs(coefficients[i] ?? 1)));
  const isSum = rule.operation === 'sum';
  const type: SumType = isSum ? 'i32' : CODES[grid.bits].element;
  const signs = coefficients.map((coefficient) => (coefficient < 0 ? -1 : 1));
  const join = memory.prepared(isSum ? lowerJoinCodes(count, signs, grid.bits) : lowerMaxCodes(count, grid.bits));
  const channels = slopeChannels(context, index, analysis.activationsOf(id));
  const values = finishedValues(context, index, channels, eltwiseEnds(context, entry));
  const toCodes = finish(context, node.name, type, values);
  return (run) => {
    const sums = memory.temporary(run, count * sumBytes(type));
    const from = inputs.map((operand) => operand(run));
    join(from, [sums]);
    toCodes(run, sums);
  };
}

/** How the sums (or the largest codes) of an Eltwise become codes under each activation. */
export function eltwiseEnds({ overlay }: Pick<EmulationContext, 'overlay'>, entry: ScalingEntry): RequantizationOf {
  const { bits } = gridsOf(entry).input;
  const measure = { ...entry, bw_params: bits, th_params: [], form: 'Eltwise', channels: 1, area: 1 } as const;
  const [multiplier = 0] = multipliersOf(measure);
  return (activation) => requantizeEltwise(entry, multiplier, overlay, activation);
}
