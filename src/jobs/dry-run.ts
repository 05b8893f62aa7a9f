import { describePlan, type PlanDescription } from '../calibration/dump.js';
import type { CalibrationFiles, Preprocessing } from '../images/index.js';
import { DEFAULT_MEMORY, type Walk } from './calibrate.js';
import type { JobHooks } from './hooks.js';
import { type PlannedMemory, plannedCalibration, weightBytes } from './planned-memory.js';
import { checkedJob, fedNetwork, isVerified } from './quantize.js';
import type { QuantizeFlags } from './quantize-flags.js';
import { threadsFor } from './worker-tasks.js';

/** What `quantize` will do with the same flags. */
export interface QuantizationPlan {
  /** Path that the scaling file would have. */
  readonly output: string;
  readonly files: CalibrationFiles;
  readonly preprocessing: Preprocessing;
  readonly walk: Walk;
  readonly plan: PlanDescription;
  readonly threads: number;
  readonly memory: PlannedMemory;
}

/**
 * Checks the flags, draws the sample, reads the network and the first image, and plans the calibration; computes and
 * writes nothing. Throws as `quantize` does.
 */
export async function planQuantization(flags: QuantizeFlags, hooks: JobHooks = {}): Promise<QuantizationPlan> {
  const job = await checkedJob(flags, hooks);
  const fed = await fedNetwork({ ...job, flags: { ...flags, preview: undefined } }, hooks);
  const { graph, plan, preprocessing, walk } = fed;
  const entries = plan.entries.filter(({ form }) => form !== 'InnerProduct' || flags.include_inner_product === true);
  const images = job.chosen.names.length;
  const threads = await threadsFor(flags, images);
  const budget = flags.memory ?? DEFAULT_MEMORY;
  const held = { graph, weightsRead: weightBytes({ imported: fed.network.graph, graph }, threads) };
  const memory = plannedCalibration(held, plan, { images, threads, budget, isVerified: isVerified(flags) });
  return {
    output: job.output,
    files: job.chosen,
    preprocessing,
    walk,
    plan: describePlan(graph, { ...plan, entries }),
    threads,
    memory,
  };
}
