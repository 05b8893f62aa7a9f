import { fail, type XfdnnError } from '../error.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { openTemporaryFile, type TemporaryFile } from '../platform/index.js';
import { giveBackEngine, takeEngine } from '../runtime/idle-engine.js';
import type { Memory, Pool, Task } from '../runtime/pool.js';
import { Batch, type LoadImage } from './batch.js';
import {
  type Field,
  type HistogramOf,
  isSilent,
  merge,
  nothing,
  type Ref,
  type Statistics,
  type Step,
} from './field.js';
import { type Draw, drawImages, evenOut, openDraw } from './image-queue.js';
import { Store } from './store.js';

/** Plain data that says where the images come from; `openLoader` of the caller turns it into a loader. */
export type ImageSource = unknown;

/** What each member of a pool is told before the first step. */
interface OpenBatch {
  readonly graph: Graph;
  readonly draw: Draw;
  readonly source: ImageSource;
  readonly budget: number;
}

/** What one member has read, and the image that it failed at. */
interface Read {
  readonly statistics: Statistics;
  readonly owned: readonly number[];
  readonly failed: (ReturnType<typeof fieldsOf> & { readonly image: number }) | null;
}

/** An error as plain data. */
const fieldsOf = ({
  code,
  where,
  detail,
  hint,
}: XfdnnError): Pick<XfdnnError, 'code' | 'where' | 'detail' | 'hint'> => ({ code, where, detail, hint });

/** Images that change hands. */
interface Given {
  readonly images: readonly number[];
  readonly output: ValueId;
}

/** Something that is asked for, and the steps that were put off until then. */
interface Asked<T> {
  readonly before: readonly Step[];
  readonly asked: T;
}

/** One step after the other; the statistics of each. */
async function takeSteps(batch: Batch, steps: readonly Step[]): Promise<Statistics[]> {
  const all: Statistics[] = [];
  for (const step of steps) all.push(await batch.step(step));
  return all;
}

/** Tasks of a calibration, for a worker's table. `openLoader` must give the same floats in every thread. */
export function calibrationTasks(openLoader: (source: any) => LoadImage): Readonly<Record<string, Task>> {
  const batch = (memory: Memory): Batch =>
    (memory.get('batch') as Batch | undefined) ??
    fail('internal', 'calibration', 'a step came before the batch was opened.');
  return {
    'calibration.open': async (memory, { graph, draw, source, budget }: OpenBatch) => {
      const engine = await takeEngine();
      memory.set('engine', engine);
      const file = await openTemporaryFile();
      memory.set('file', file);
      memory.set(
        'batch',
        new Batch(engine, graph, drawImages(draw), openLoader(source), new Store(engine, budget, file)),
      );
    },
    'calibration.read': async (memory, output: ValueId): Promise<Read> => {
      const { statistics, failed } = await batch(memory).read(output);
      return {
        statistics,
        owned: batch(memory).owned,
        failed: failed && { image: failed.image, ...fieldsOf(failed.error) },
      };
    },
    'calibration.give': (memory, { images, output }: Given) => images.map((image) => batch(memory).give(image, output)),
    'calibration.take': (memory, { images, output, data }: Given & { data: readonly Float32Array[] }) =>
      images.forEach((image, i) => batch(memory).put(image, output, data[i]!)),
    'calibration.steps': async (memory, { before, asked }: Asked<readonly Step[]>) => {
      await takeSteps(batch(memory), before);
      return takeSteps(batch(memory), asked);
    },
    'calibration.statistics': async (memory, { before, asked }: Asked<readonly Ref[]>) => {
      await takeSteps(batch(memory), before);
      return batch(memory).statistics(asked);
    },
    'calibration.histograms': async (memory, { before, asked }: Asked<readonly HistogramOf[]>) => {
      await takeSteps(batch(memory), before);
      return asked.map(({ refs, max, bins }) => batch(memory).histogram(refs, max, bins));
    },
    'calibration.close': (memory) => {
      const [file, engine] = [
        memory.get('file') as TemporaryFile | undefined,
        memory.get('engine') as Engine | undefined,
      ];
      memory.clear();
      if (engine !== undefined) giveBackEngine(engine);
      file?.close();
    },
  };
}

/** Whoever is free reads the next image; then each member gets its share. Throws the error of the first image, in the batch's order, that cannot be read. */
async function readImages(pool: Pool, output: ValueId): Promise<Statistics> {
  const all = await pool.all<Read>('calibration.read', () => output);
  const [first] = all.flatMap(({ failed }) => failed ?? []).sort((a, b) => a.image - b.image);
  if (first !== undefined) fail(first.code, first.where, first.detail, first.hint);
  for (const { from, to, images } of evenOut(all.map(({ owned }) => owned))) {
    const data = await pool.one<Float32Array[]>(from, 'calibration.give', { images, output });
    await pool.one(to, 'calibration.take', { images, output, data });
  }
  return all.map(({ statistics }) => statistics).reduce(merge, nothing);
}

/** A field with an end. */
export interface OpenField extends Field {
  /** Does what was put off; throws where a step of it fails. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The calibration batch spread over a pool's members, each image one member's for the whole walk. Steps without statistics are sent
 * along with the next one, so that members wait for each other twice in a group of layers and not five times in each.
 */
export async function openField(
  pool: Pool,
  graph: Graph,
  count: number,
  source: ImageSource,
  budget: number,
): Promise<OpenField> {
  const draws = openDraw(count, pool.size);
  // Not waited for: who is ready begins to read images while others still start.
  const opened = pool.all('calibration.open', (member) => ({
    graph,
    draw: draws[member],
    source,
    budget: budget / pool.size,
  }));
  opened.catch(() => undefined);
  const silent: Step[] = [];
  /** Asks every member the same; the answers in member order. */
  const ask = <R>(task: string, asked: unknown): Promise<R[]> => {
    const given: Asked<unknown> = { before: silent.splice(0), asked };
    return pool.all<R>(task, () => given);
  };
  const askSteps = async (steps: readonly Step[]): Promise<Statistics[]> => {
    const parts = await ask<Statistics[]>('calibration.steps', steps);
    return steps.map((_, i) => parts.map((part) => part[i]!).reduce(merge, nothing));
  };
  return {
    async steps(steps) {
      const [first] = steps;
      if (first?.do === 'input') return [(await Promise.all([readImages(pool, first.output), opened]))[0]];
      if (!steps.every(isSilent)) return askSteps(steps);
      silent.push(...steps);
      return steps.map(() => nothing);
    },
    statistics: async (refs) => (await ask<Statistics>('calibration.statistics', refs)).reduce(merge, nothing),
    async histograms(asked) {
      const parts = await ask<Float64Array[]>('calibration.histograms', asked);
      return asked.map((_, i) =>
        parts.map((part) => part[i]!).reduce((sum, part) => sum.map((count, bin) => count + part[bin]!)),
      );
    },
    settle: async () => void (await askSteps([])),
    close: async () => void (await pool.all('calibration.close', () => null)),
  };
}
