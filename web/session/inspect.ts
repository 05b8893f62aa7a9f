import { networkInputOf } from '../../src/jobs/calibration-flags.js';
import { inspectionOf } from '../../src/jobs/inspect.js';
import { inspectNetwork, type NetworkFlags } from '../../src/jobs/network.js';
import { dropUnused } from '../../src/optimise/index.js';
import { networkNodes } from '../../src/report/html/network-nodes.js';
import type { NetworkNode } from '../../src/report/html/report-data.js';
import type { Inspection } from '../../src/report/inspection.js';
import { jobHooks } from './job-hooks.js';
import { session } from './session.js';
import type { CallHooks } from './wire.js';

/** A network as the page shows it. */
export interface NetworkView extends Inspection {
  /** Its nodes, in the order of `layers`, with the edges between them. */
  readonly nodes: readonly NetworkNode[];
  /** The shape of its input; undefined where it has several. */
  readonly input: readonly number[] | undefined;
  /** Channels of the input. */
  readonly channels: number;
}

/** Reads a network. Throws as `inspect` of the library. */
export async function inspect(flags: NetworkFlags, hooks: CallHooks): Promise<NetworkView> {
  const network = await inspectNetwork(flags, jobHooks(hooks));
  session.network = network;
  const graph = dropUnused(network.graph);
  const input = graph.inputs.length === 1 ? networkInputOf(graph, network.framework) : undefined;
  const shape = input?.shape ?? [];
  return {
    ...inspectionOf(network),
    nodes: networkNodes(graph, []),
    input: input?.shape,
    channels: (input?.layout === 'NCHW' ? shape[1] : shape.at(-1)) ?? 0,
  };
}
