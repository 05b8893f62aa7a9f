import { dumpPlan } from '../calibration/dump.js';
import { planners, type Walk } from '../calibration/planners.js';
import { fail } from '../error.js';
import { bitWidths } from './bit-widths.js';
import { inspectNetwork, type NetworkFlags } from './network.js';
import { defaultWalk, graphForWalk } from './walk.js';

/** The flags of `inspect --plan`, spelled as on the command line; those that `quantize` has too mean the same. */
export interface InspectPlanOptions extends NetworkFlags {
  readonly bitwidths?: readonly number[] | undefined;
  readonly walk?: Walk | undefined;
  readonly include_inner_product?: boolean | undefined;
  readonly power_of_two?: boolean | undefined;
  readonly unify_concat?: boolean | undefined;
}

/**
 * How `quantize` would calibrate a network, as text: what is measured at which layer, and which thresholds each entry takes. Weights are
 * optional. Throws `unsupported` for a network with layers that we cannot run.
 */
export async function inspectPlan(options: InspectPlanOptions): Promise<string> {
  const widths = bitWidths(options.bitwidths ?? [8, 8, 8]);
  const { graph: whole, framework, unsupported } = await inspectNetwork(options);
  if (unsupported.length > 0)
    fail(
      'unsupported',
      options.deploy_model ?? '--deploy_model',
      `expected layers that can be run, got ${unsupported.join(', ')}.`,
      'Use --output_layer to stop before them.',
    );
  const walk = options.walk ?? defaultWalk(framework);
  const graph = graphForWalk(whole, walk);
  const plan = planners[walk](graph, {
    widths,
    powerOfTwo: options.power_of_two ?? false,
    unifyConcat: options.unify_concat ?? false,
    includeInnerProduct: options.include_inner_product ?? false,
  });
  const entries = plan.entries.filter(({ form }) => form !== 'InnerProduct' || options.include_inner_product === true);
  return `${walk} walk of "${graph.name}"\n${dumpPlan(graph, { ...plan, entries })}`;
}
