import type { Network } from '../../src/jobs/network.js';
import type { QuantizeResult } from '../../src/jobs/quantize.js';

/** What the session keeps between calls. */
interface Session {
  /** The network that was inspected last. */
  network: Network | undefined;
  /** The last calibration. */
  result: QuantizeResult | undefined;
}

export const session: Session = { network: undefined, result: undefined };
