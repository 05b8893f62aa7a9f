import { forward } from '../../dist/src/jobs/forward.js';
import { loadNetwork } from '../../dist/src/jobs/network.js';
import { networkInputs } from '../../dist/src/jobs/network-inputs.js';
import { verify } from '../../dist/src/jobs/verify.js';

/**
 * The example's test images in one thread, from files: the whole `verify`, or float forwards alone.
 * @param {{ flags: import('../../dist/src/jobs/verify.js').VerifyFlags, part: 'verification' | 'forwards' }} config
 */
export async function open({ flags, part }) {
  const network = await loadNetwork(flags);
  const { source } = await networkInputs(flags, network);
  const { graph } = network;
  return {
    run: () => (part === 'verification' ? verify({ ...flags, threads: 1 }) : forward(graph, graph.outputs, source)),
  };
}
