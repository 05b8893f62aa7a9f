import type { Pool } from '../runtime/pool.js';
import { mergeCounts } from '../verification/merge-counts.js';
import { channelErrorsOf, type Measured } from '../verification/verdict/measured.js';
import { summarise } from '../verification/verification.js';
import { type OpenVerification, type Thoroughness, verifyImages } from '../verification/verification-pool.js';

/** What a verification is told beside the network and its images. */
export interface MeasureOptions {
  /** The class of each image, from 0. */
  readonly labels?: readonly number[] | undefined;
  /** Called with the number of images that are finished. */
  readonly done?: (images: number) => void;
}

/** Verifies the first images of a source in an open pool. Throws as `verifyEntries`. */
export async function measureImages(
  pool: Pool,
  opened: OpenVerification,
  thoroughness: Thoroughness,
  { labels, done }: MeasureOptions = {},
): Promise<Measured> {
  const { graph, entries, overlay } = opened;
  const { layers, reports, counts } = await verifyImages(pool, opened, thoroughness, (images) => done?.(images));
  const verification = summarise(graph, layers, reports, mergeCounts(counts), labels);
  const channels = channelErrorsOf(reports, layers.length);
  return { graph, entries, overlay, verification, reports, described: layers, channels };
}
