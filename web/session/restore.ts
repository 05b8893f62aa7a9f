import { calibratedGraph } from '../../src/jobs/calibrate.js';
import { checkedJob, fedNetwork } from '../../src/jobs/quantize.js';
import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import { DEFAULT_OVERLAY } from '../../src/scaling/index.js';
import { parseScaling } from '../../src/scaling-file/parse.js';
import { jobHooks } from './job-hooks.js';
import { forgetResult, session } from './session.js';
import type { CallHooks } from './wire.js';

/** A calibration that an earlier worker made. */
export interface Earlier {
  readonly flags: QuantizeFlags;
  /** The text of its scaling file. */
  readonly scaling: string;
}

/** Takes up a calibration of an earlier worker: reads the network and the file, and calibrates nothing. */
export async function restore({ flags, scaling }: Earlier, hooks: CallHooks): Promise<void> {
  await forgetResult();
  const job = await checkedJob(flags);
  const { network, source, walk } = await fedNetwork(job, jobHooks(hooks));
  const graph = calibratedGraph(network.graph, walk);
  const entries = parseScaling(scaling, flags.output_json ?? 'scaling');
  const overlay = flags.overlay ?? DEFAULT_OVERLAY;
  session.result = { graph, entries, overlay, source, files: job.chosen, flags };
}
