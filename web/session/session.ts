import type { LiveEmulation } from '../../src/jobs/live.js';
import type { Network } from '../../src/jobs/network.js';
import type { NamedImages } from '../../src/jobs/network-inputs.js';
import type { QuantizeResult } from '../../src/jobs/quantize.js';
import type { QuantizeFlags } from '../../src/jobs/quantize-flags.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import type { Measured } from '../../src/verification/verdict/measured.js';
import type { Verdict } from '../../src/verification/verdict/verdict.js';

/** A calibration with the flags that it is of. */
export interface Calibrated extends Pick<QuantizeResult, 'graph' | 'entries' | 'overlay' | 'source' | 'files'> {
  readonly flags: QuantizeFlags;
}

/** What the session keeps between calls. */
interface Session {
  /** The network that was inspected last; none while it would take memory beside a calibration. */
  network: Network | undefined;
  /** The last calibration. */
  result: Calibrated | undefined;
  /** The emulation that thresholds are changed in. */
  live: LiveEmulation | undefined;
  /** The last verification. */
  verified: Verified | undefined;
}

/** A verification with what it is of. */
interface Verified extends NamedImages {
  readonly measured: Measured;
  readonly verdict: Verdict;
  /** The folder of its images where they are not those of the calibration, and the file of their labels. */
  readonly origins: { readonly images: string | undefined; readonly labels: string | undefined };
}

export const session: Session = { network: undefined, result: undefined, live: undefined, verified: undefined };

/** The last calibration. Throws an Error where there is none. */
export function expectResult(): Calibrated {
  if (session.result === undefined) throw new Error('nothing was calibrated');
  return session.result;
}

/** The entries of the last calibration, with the thresholds as they are now. */
export function presentEntries(): readonly ScalingEntry[] {
  return session.live?.entries ?? expectResult().entries;
}

/** Forgets the last calibration and what was made of it. */
export async function forgetResult(): Promise<void> {
  await session.live?.close();
  session.live = undefined;
  session.verified = undefined;
  session.result = undefined;
}
