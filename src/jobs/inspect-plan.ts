import { dumpPlan } from '../calibration/dump.js';
import { fail } from '../error.js';
import { bitWidths, DEFAULT_BIT_WIDTHS } from './bit-widths.js';
import { calibratedGraph, defaultWalk, planCalibration } from './calibrate.js';
import { optionsOf } from './flags.js';
import { checkLayerBits } from './layer-bits.js';
import { inspectNetwork, type NetworkFlags } from './network.js';
import type { QuantizeFlags } from './quantize.js';

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

/**
 * How `quantize` with the same flags calibrates a network, as text: where thresholds are measured, and which of them
 * each entry takes. Weights are optional. Throws `usage`, `file`, `format`, `model`, and `unsupported` for a network
 * with layers that cannot be run.
 */
export async function inspectPlan(flags: InspectPlanFlags): Promise<string> {
  const widths = bitWidths(flags.bitwidths ?? DEFAULT_BIT_WIDTHS);
  checkLayerBits(flags.layer_bits ?? {});
  const { graph: imported, framework, unsupported } = await inspectNetwork(flags);
  if (unsupported.length > 0)
    fail(
      'unsupported',
      flags.deploy_model ?? '--deploy_model',
      `expected layers that can be run, got ${unsupported.join(', ')}.`,
      'Use --output_layer to stop before them.',
    );
  const { calibrator, walk = defaultWalk(framework, calibrator), ...options } = optionsOf(flags);
  const graph = calibratedGraph(imported, walk);
  const plan = planCalibration(graph, { ...options, calibrator, widths, walk });
  const entries = plan.entries.filter(({ form }) => form !== 'InnerProduct' || options.includeInnerProduct === true);
  return `The ${walk} walk of "${graph.name}": ${dumpPlan(graph, { ...plan, entries })}`;
}
