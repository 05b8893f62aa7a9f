import { describePlan, type PlanDescription } from '../calibration/dump.js';
import type { CalibrationFiles, Preprocessing } from '../images/index.js';
import { plan } from '../runtime/plan.js';
import { calibratedGraph, planCalibration, type Walk } from './calibrate.js';
import { optionsOf } from './flags.js';
import type { JobHooks } from './hooks.js';
import { checkedJob, fedNetwork } from './quantize.js';
import type { QuantizeFlags } from './quantize-flags.js';

/** What `quantize` will do with the same flags. */
export interface QuantizationPlan {
  /** Path that the scaling file would have. */
  readonly output: string;
  readonly files: CalibrationFiles;
  readonly preprocessing: Preprocessing;
  readonly walk: Walk;
  readonly plan: PlanDescription;
  /** Bytes. */
  readonly memory: {
    /** All activations of all images: more than are kept at a time. Beyond `--memory` they go to a temporary file. */
    readonly activations: number;
    /** Packed weights. */
    readonly constants: number;
    /** Temporary memory of the largest layer, of each thread. */
    readonly scratch: number;
  };
}

/**
 * Checks the flags, draws the sample, reads the network and the first image, and plans the calibration; computes and
 * writes nothing. Throws as `quantize` does.
 */
export async function planQuantization(flags: QuantizeFlags, hooks: JobHooks = {}): Promise<QuantizationPlan> {
  const job = await checkedJob(flags, hooks);
  const { network, preprocessing, walk } = await fedNetwork({ ...job, flags: { ...flags, preview: undefined } }, hooks);
  const graph = calibratedGraph(network.graph, walk);
  const calibration = planCalibration(graph, { ...optionsOf(flags), widths: job.widths, walk });
  const entries = calibration.entries.filter(
    ({ form }) => form !== 'InnerProduct' || flags.include_inner_product === true,
  );
  const { unshared, constants, scratch } = plan(graph);
  return {
    output: job.output,
    files: job.chosen,
    preprocessing,
    walk,
    plan: describePlan(graph, { ...calibration, entries }),
    memory: { activations: unshared * job.chosen.names.length, constants, scratch },
  };
}
