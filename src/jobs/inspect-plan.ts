import { describePlan, type PlanDescription } from '../calibration/dump.js';
import { failWithList } from '../error.js';
import { groupedByType } from '../graph/unsupported.js';
import { bitWidths, DEFAULT_BIT_WIDTHS } from './bit-widths.js';
import { calibratedGraph, defaultWalk, planCalibration, type Walk } from './calibrate.js';
import { optionsOf } from './flags.js';
import { type FlagTable, refuseUnknownFlags } from './known-flags.js';
import { checkLayerBits } from './layer-bits.js';
import { inspectNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';
import type { QuantizeFlags } from './quantize-flags.js';

/** The flags of `inspect --plan`, spelled as on the command line. */
export type InspectPlanFlags = NetworkFlags &
  Pick<
    QuantizeFlags,
    | 'bitwidths'
    | 'layer_bits'
    | 'calibrator'
    | 'overlay'
    | 'walk'
    | 'include_inner_product'
    | 'power_of_two'
    | 'unify_concat'
  >;

const INSPECT_PLAN_FLAGS: FlagTable<InspectPlanFlags> = {
  ...NETWORK_FLAGS,
  bitwidths: 'list',
  layer_bits: true,
  calibrator: true,
  overlay: true,
  walk: true,
  include_inner_product: true,
  power_of_two: true,
  unify_concat: true,
};

/** How `quantize` will calibrate a network. */
export interface InspectedPlan extends PlanDescription {
  /** The name that the model file gives the network. */
  readonly name: string;
  readonly walk: Walk;
}

/**
 * How `quantize` with the same flags calibrates a network, in sentences: where thresholds are measured, and which of them
 * each entry takes. Weights are optional. Throws `usage`, `file`, `format`, `model`, and `unsupported` for a network
 * with layers that cannot be run.
 */
export async function inspectPlan(flags: InspectPlanFlags): Promise<InspectedPlan> {
  refuseUnknownFlags('inspectPlan', flags, INSPECT_PLAN_FLAGS);
  const widths = bitWidths(flags.bitwidths ?? DEFAULT_BIT_WIDTHS);
  checkLayerBits(flags.layer_bits ?? {});
  const { graph: imported, framework, unsupported } = await inspectNetwork(flags);
  if (unsupported.length > 0)
    failWithList(
      'unsupported',
      flags.deploy_model ?? '--deploy_model',
      { head: 'expected layers that can be run, got', items: groupedByType(unsupported) },
      'Use --output_layer to stop before them.',
    );
  const { calibrator, walk = defaultWalk(framework, calibrator), ...options } = optionsOf(flags);
  const graph = calibratedGraph(imported, walk);
  const plan = planCalibration(graph, { ...options, calibrator, widths, walk });
  const entries = plan.entries.filter(({ form }) => form !== 'InnerProduct' || options.includeInnerProduct === true);
  return { name: graph.name, walk, ...describePlan(graph, { ...plan, entries }) };
}
