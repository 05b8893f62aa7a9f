import { weightRows } from '../../analysis/weights.js';
import { fail } from '../../error.js';
import { describe, named } from '../../graph/graph.js';
import { sumBytes } from '../../kernels/epilogue.js';
import { opOf } from '../../ops/index.js';
import type { Accumulation } from '../../ops/op.js';
import { overlayWeights } from '../../overlay/overlay-weights.js';
import { requantizeWeighted } from '../../overlay/requantization.js';
import { gridsOf, type LayerGrids, multipliersOf, type ScalingEntry } from '../../scaling/index.js';
import { type Action, type EmulationContext, type Layer, provided } from '../context.js';
import { countingOf, type FinishedValue, finish, finishedValues, type RequantizationOf } from '../finish.js';
import type { Operand } from '../operands.js';

/** Convolution, Deconvolution, Scale or InnerProduct with an entry: exact sums of products of codes, then the entry's triples. */
export function weighted(context: EmulationContext, layer: Layer<'weighted'>, entry: ScalingEntry): Action {
  const { node, index, rule } = layer;
  const { channels } = rule;
  const grids = gridsOf(entry);
  if (grids.params.length !== channels || entry.scale.length !== channels)
    fail(
      'data',
      `entry "${entry.name}" of the scaling file`,
      `expected ${channels} channels, as ${describe(node)} has, got ${grids.params.length} thresholds of weights and ${entry.scale.length} triples.`,
      'Use the file that was made for this network.',
    );
  const values = finishedValues(context, index, channels, weightedEnds(context, layer, entry));
  const input = context.operands.codes(context.placement.analysis.input(index), grids.input);
  return accumulated(context, layer, accumulationOf(layer, grids, context.weightCodes), input, values);
}

/** How the sums of a weighted layer become codes under each activation. */
export function weightedEnds(
  { overlay }: Pick<EmulationContext, 'overlay'>,
  { node, rule: { form, channels } }: Pick<Layer<'weighted'>, 'node' | 'rule'>,
  entry: ScalingEntry,
): RequantizationOf {
  const multipliers = multipliersOf({ ...measured(entry, gridsOf(entry)), form, channels, area: 1 });
  const layer = { entry, form, multipliers, bias: node.params[1]?.data };
  return (activation) => requantizeWeighted(layer, overlay, activation);
}

/** The keys of an entry without those that it may lack. */
function measured(entry: ScalingEntry, { params, input }: LayerGrids) {
  return { ...entry, bw_params: params[0]?.bits ?? input.bits, th_params: params.map(({ threshold }) => threshold) };
}

/** The exact sums of a weighted layer on its codes. `weightCodes`: as in {@link EmulationContext}. */
export function accumulationOf(
  { node, shapes }: Layer<'weighted'>,
  { input, params }: LayerGrids,
  weightCodes: EmulationContext['weightCodes'] = (each, grids) => overlayWeights(weightRows(each), grids),
): Accumulation {
  const accumulate = provided(opOf(node).accumulate, node, 'accumulate');
  const bits = { input: input.bits, params: params[0]?.bits ?? input.bits };
  return named(node, () => accumulate(node, shapes, weightCodes(node, params), bits));
}

/** Strip by strip into the one value where the operator offers it; else through stored sums. */
function accumulated(
  context: EmulationContext,
  { node, index }: Layer<'weighted'>,
  { lowering, type, fuse }: Accumulation,
  input: Operand,
  values: readonly FinishedValue[],
): Action {
  const { memory, placement } = context;
  const [value, ...others] = values;
  if (fuse !== undefined && value !== undefined && others.length === 0) {
    const fused = memory.prepared(fuse(value.epilogue));
    const counted = countingOf(context, node.name, value.epilogue);
    return (run) => {
      const from = input(run);
      counted(run, memory.allocate(run, value.id), (outputs) => fused([from], outputs));
    };
  }
  const accumulate = memory.prepared(lowering);
  const toCodes = finish(context, node.name, type, values);
  const bytes = memory.size(placement.analysis.output(index)) * sumBytes(type);
  return (run) => {
    const sums = memory.temporary(run, bytes);
    accumulate([input(run)], [sums]);
    toCodes(run, sums);
  };
}
