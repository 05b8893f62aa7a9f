import { fail } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type ImageSource, type LoadImage, loadInputs, openImages } from '../images/index.js';
import type { Engine } from '../kernels/engine.js';
import { entriesByName } from '../placement/wanted-grids.js';
import { giveBackEngine, takeEngine } from '../runtime/idle-engine.js';
import { inOrder, type Memory, type Pool, type Task } from '../runtime/pool.js';
import type { OverlayName, ScalingEntry } from '../scaling/index.js';
import { type Counts, type DescribedLayer, type ImageReport, type VerificationDetail, Verifier } from './verifier.js';

/** What is verified, and with which images: plain data. */
export interface OpenVerification {
  readonly graph: Graph;
  readonly entries: readonly ScalingEntry[];
  readonly overlay: OverlayName;
  readonly source: ImageSource;
}

/** How thoroughly the images of a source are verified. */
export interface Thoroughness {
  /** Number of images, the first ones of the source. */
  readonly count: number;
  /** What is measured of each. */
  readonly detail: (image: number) => VerificationDetail;
  /** Whether clips, overflows and dead channels are counted, and bounds of sums computed from the weights. */
  readonly counts: boolean;
}

interface Opened {
  readonly engine: Engine;
  readonly verifier: Verifier;
  readonly load: LoadImage;
  readonly inputs: readonly ValueId[];
}

interface ImageRequest {
  readonly image: number;
  readonly detail: VerificationDetail;
}

/** Tasks of a verification, for a worker's table. */
export function verificationTasks(): Readonly<Record<string, Task>> {
  const opened = (memory: Memory): Opened =>
    (memory.get('verification') as Opened | undefined) ??
    fail('internal', 'verify', 'expected the network before an image, got an image.');
  return {
    'verify.open': async (
      memory,
      { graph, entries, overlay, source, counts }: OpenVerification & { counts: boolean },
    ) => {
      const engine = await takeEngine();
      const verifier = new Verifier(engine, graph, entriesByName(entries), overlay, counts);
      memory.set('verification', { engine, verifier, load: openImages(source), inputs: graph.inputs });
    },
    'verify.image': async (memory, { image, detail }: ImageRequest, pause): Promise<ImageReport> => {
      const { verifier, load, inputs } = opened(memory);
      return verifier.verify(await loadInputs(load, inputs, image), image, detail, pause);
    },
    'verify.describe': (memory, bounds: boolean): DescribedLayer[] => opened(memory).verifier.describe(bounds),
    'verify.close': (memory) => {
      giveBackEngine(opened(memory).engine);
      memory.delete('verification');
    },
    'verify.counts': (memory): Counts => opened(memory).verifier.counts,
  };
}

/** Results of a pool for its images. */
export interface VerifiedImages {
  readonly layers: readonly DescribedLayer[];
  /** In the order of the images. */
  readonly reports: readonly ImageReport[];
  /** One for each member. */
  readonly counts: readonly Counts[];
}

/**
 * Verifies entries on a graph with the images of a source; member `i mod size` takes image i. `done` is called with the number
 * of images that are finished.
 */
export async function verifyImages(
  pool: Pool,
  { graph, entries, overlay, source }: OpenVerification,
  { count, detail, counts }: Thoroughness,
  done: (images: number) => void,
): Promise<VerifiedImages> {
  await pool.all('verify.open', () => ({ graph, entries, overlay, source, counts }));
  const layers = await pool.one<DescribedLayer[]>(0, 'verify.describe', counts);
  let finished = 0;
  const reports = await inOrder(count, async (image) => {
    const request: ImageRequest = { image, detail: detail(image) };
    const report = await pool.one<ImageReport>(image % pool.size, 'verify.image', request);
    done(++finished);
    return report;
  });
  const totals = await pool.all<Counts>('verify.counts', () => null);
  await pool.all('verify.close', () => null);
  return { layers, reports, counts: totals };
}
