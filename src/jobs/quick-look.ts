import { XfdnnError } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { imageCount } from '../images/index.js';
import { opOf } from '../ops/index.js';
import { oneClassText } from '../report/one-class.js';
import type { Pool } from '../runtime/pool.js';
import type { KnownChoices } from '../verification/verdict/next-flags.js';
import { judge, type Verdict } from '../verification/verdict/verdict.js';
import type { OpenVerification, Thoroughness } from '../verification/verification-pool.js';
import type { JobHooks } from './hooks.js';
import { measureImages } from './measure-images.js';

/** The most images of a quick look. */
const MOST_IMAGES = 8;
/** Multiply-accumulates of one image from which a network is large. */
const LARGE = 2e8;
/** One of so many calibration images is looked at: of a large network, and of another. */
const ONE_OF = { large: 10, small: 4 } as const;

/**
 * Runs a few of the calibration images in float32 and on the emulated overlay in the calibration's pool. Where the result is
 * not good, layers are run alone and clips are counted on two of them, to find the cause. Undefined, with a note, where the
 * network cannot be emulated with these entries. The result depends on the images, not on time or threads.
 */
export async function quickLook(
  pool: Pool,
  opened: OpenVerification,
  known: KnownChoices,
  { warn }: JobHooks,
): Promise<Verdict | undefined> {
  const count = lookedAt(opened.graph, imageCount(opened.source));
  try {
    const brief: Thoroughness = { count, detail: (image) => (image === 0 ? 'deployed' : 'outputs'), counts: false };
    const measured = await measureImages(pool, opened, brief);
    const verdict = judge(measured, known);
    for (const line of oneClassText(verdict)) warn?.(`warning: ${line}`);
    if (verdict.grade === 'good') return verdict;
    const thorough: Thoroughness = { count: Math.min(2, count), detail: () => 'channels', counts: true };
    return judge(measured, known, await measureImages(pool, opened, thorough));
  } catch (error) {
    if (!(error instanceof XfdnnError && (error.code === 'data' || error.code === 'unsupported'))) throw error;
    warn?.(`note: no quick look, the network cannot be emulated: ${error.message}`);
    return undefined;
  }
}

/** How many of the calibration images are looked at: at least 1, at most 8, fewer where the network is large. */
function lookedAt(graph: Graph, images: number): number {
  const macs = graph.nodes.reduce((sum, node) => sum + (opOf(node).macs?.(node, shapesOf(graph, node)) ?? 0), 0);
  const share = Math.floor(images / (macs > LARGE ? ONE_OF.large : ONE_OF.small));
  return Math.min(MOST_IMAGES, Math.max(1, share));
}
