import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { createEngine } from '../kernels/engine.js';
import { openTemporaryFile, type TemporaryFile } from '../platform/index.js';
import type { Memory, Pool, Task } from '../runtime/pool.js';
import { Batch, type LoadImage } from './batch.js';
import { merge, nothing, type Field, type Ref, type Statistics, type Step } from './field.js';
import { Store } from './store.js';

/** Plain data that says where the images come from; `openLoader` of the caller turns it into a loader. */
export type ImageSource = unknown;

/** What each member of a pool is told before the first step. */
interface OpenBatch {
  readonly graph: Graph;
  readonly images: readonly number[];
  readonly source: ImageSource;
  readonly budget: number;
}

/** Tasks of a calibration, for a worker's table. `openLoader` must give the same floats in every thread. */
export function calibrationTasks(openLoader: (source: any) => LoadImage): Readonly<Record<string, Task>> {
  const batch = (memory: Memory): Batch => (memory.get('batch') as Batch | undefined) ?? fail('internal', 'calibration', 'a step came before the batch was opened.');
  return {
    'calibration.open': async (memory, { graph, images, source, budget }: OpenBatch) => {
      const engine = await createEngine();
      const file = await openTemporaryFile();
      memory.set('file', file);
      memory.set('batch', new Batch(engine, graph, images, openLoader(source), new Store(engine, budget, file)));
    },
    'calibration.step': (memory, step: Step) => batch(memory).step(step),
    'calibration.statistics': (memory, refs: readonly Ref[]) => batch(memory).statistics(refs),
    'calibration.histogram': (memory, { refs, max, bins }: { refs: readonly Ref[]; max: number; bins: number }) => batch(memory).histogram(refs, max, bins),
    'calibration.close': (memory) => {
      (memory.get('file') as TemporaryFile | undefined)?.close();
      memory.clear();
    },
  };
}

/** The calibration batch spread over a pool's members: image i belongs to member `i mod size` for the whole walk. */
export async function openField(pool: Pool, graph: Graph, count: number, source: ImageSource, budget: number): Promise<Field & { close(): Promise<void> }> {
  const images = (member: number): number[] => Array.from({ length: count }, (_, image) => image).filter((image) => image % pool.size === member);
  await pool.all('calibration.open', (member) => ({ graph, images: images(member), source, budget: budget / pool.size }));
  return {
    step: async (step) => (await pool.all<Statistics>('calibration.step', () => step)).reduce(merge, nothing),
    statistics: async (refs) => (await pool.all<Statistics>('calibration.statistics', () => refs)).reduce(merge, nothing),
    histogram: async (refs, max, bins) => {
      const parts = await pool.all<Float64Array>('calibration.histogram', () => ({ refs, max, bins }));
      return parts.reduce((sum, part) => sum.map((count, bin) => count + part[bin]!));
    },
    close: async () => void (await pool.all('calibration.close', () => null)),
  };
}
