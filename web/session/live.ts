import { openLive as openEmulation } from '../../src/jobs/live.js';
import type { ScalingEntry } from '../../src/scaling/index.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { parseScaling } from '../../src/scaling-file/parse.js';
import type { LiveUpdate } from '../../src/verification/live/live-results.js';
import { type BlobRange, measureBlobs } from './blob-ranges.js';
import { type Judged, judgedImages } from './judged.js';
import { expectResult, presentEntries, session } from './session.js';
import type { CallHooks } from './wire.js';

/** A live emulation as it was opened. */
export interface LiveView extends LiveUpdate {
  /** Names of its images. */
  readonly images: readonly string[];
  /** The values of the float network, by blob. */
  readonly ranges: Readonly<Record<string, BlobRange>>;
}

/** Runs the last calibration on the images that it is judged on, and keeps what is needed to run parts of it again. */
export async function openLive(judged: Judged, { progress, signal }: CallHooks): Promise<LiveView> {
  await session.live?.close();
  session.live = undefined;
  const { graph, entries, overlay, source } = expectResult();
  const chosen = await judgedImages(judged);
  const ranges = await measureBlobs({ graph, entries }, source, { progress, signal });
  const live = await openEmulation(graph, entries, chosen.source, { overlay }, { progress, signal });
  session.live = live;
  return { ...live.state(), images: chosen.names, ranges };
}

/** Gives a blob another threshold, and the layers that have it too. */
export async function setThreshold({
  blob,
  threshold,
}: {
  readonly blob: string;
  readonly threshold: number;
}): Promise<LiveUpdate> {
  return expectLive().setThreshold(blob, threshold);
}

/** Goes back to the thresholds of the calibration, or to those of a file's text. */
export async function resetThresholds({ scaling }: { readonly scaling?: string }): Promise<LiveUpdate> {
  const { entries, overlay } = expectResult();
  return expectLive().setScaling(scaling === undefined ? entries : parseScaling(scaling, 'scaling'), overlay);
}

/** The scaling file with the thresholds as they are now. */
export async function presentFile(): Promise<{ readonly entries: readonly ScalingEntry[]; readonly scaling: string }> {
  const entries = presentEntries();
  return { entries, scaling: formatScaling(entries) };
}

function expectLive() {
  if (session.live === undefined) throw new Error('no emulation is open');
  return session.live;
}
