import { fail, type XfdnnError } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { ImageSource, LoadImage } from '../../images/index.js';
import type { Engine } from '../../kernels/engine.js';
import { openTemporaryFile, type TemporaryFile } from '../../platform/index.js';
import { giveBackEngine, takeEngine } from '../../runtime/idle-engine.js';
import type { Pause } from '../../runtime/pause.js';
import type { Memory, Task } from '../../runtime/pool.js';
import type { Step, StoredForm } from '../step.js';
import { ActivationStore } from './activation-store.js';
import { Batch, type UnreadImage } from './batch.js';
import type { ChannelRequest } from './channels.js';
import type { BoundThreshold, HistogramRequest, LayerErrorRequest } from './executor.js';
import { claimImages, type ImageQueue } from './image-queue.js';
import type { Statistics } from './statistics.js';

/** The argument of `calibration.open`, for one member. */
export interface OpenBatch {
  readonly graph: Graph;
  readonly queue: ImageQueue;
  readonly source: ImageSource;
  /** Bytes of activations that the member keeps in memory. */
  readonly budget: number;
}

/** Asks a member to read the images that it claims, into the output of an input node. */
export interface ReadRequest {
  readonly node: number;
  /** Whether images that cannot be decoded are left out. */
  readonly skipBad: boolean;
}

/** An {@link UnreadImage} as plain data. */
export interface UnreadImageData {
  readonly image: number;
  readonly error: Pick<XfdnnError, 'code' | 'where' | 'detail' | 'hint'>;
}

/** A {@link Reading} as plain data. */
export interface MemberReading {
  readonly statistics: Statistics;
  readonly owned: readonly number[];
  readonly skipped: readonly UnreadImageData[];
  readonly failed: UnreadImageData | null;
}

/** Network inputs that one member gives to another. */
export interface Handover {
  readonly images: readonly number[];
  readonly output: ValueId;
}

/** A request, with the thresholds and the steps without statistics that were put off until it. */
export interface Request<T> {
  readonly thresholds: readonly BoundThreshold[];
  readonly before: readonly Step[];
  readonly asked: T;
}

/** Tasks of a calibration, for a worker's table. `open` must give the same floats in every thread. */
export function calibrationTasks(open: (source: ImageSource) => LoadImage): Readonly<Record<string, Task>> {
  return {
    'calibration.open': async (memory, { graph, queue, source, budget }: OpenBatch) => {
      const engine = await takeEngine();
      memory.set('engine', engine);
      const file = await openTemporaryFile();
      memory.set('file', file);
      const store = new ActivationStore(engine, budget, file);
      memory.set('batch', new Batch(engine, graph, claimImages(queue), open(source), store));
    },
    'calibration.read': async (memory, { node, skipBad }: ReadRequest, pause, tell): Promise<MemberReading> => {
      const batch = batchOf(memory);
      const { statistics, skipped, failed } = await batch.read(node, skipBad, { pause, read: (image) => tell(image) });
      return {
        statistics,
        owned: batch.owned,
        skipped: skipped.map(asData),
        failed: failed === null ? null : asData(failed),
      };
    },
    'calibration.give': (memory, { images, output }: Handover): Float32Array[] =>
      images.map((image) => batchOf(memory).give(image, output)),
    'calibration.take': (memory, { output, inputs }: Pick<Handover, 'output'> & { inputs: [number, Float32Array][] }) =>
      inputs.forEach(([image, data]) => batchOf(memory).put(image, output, data)),
    'calibration.steps': async (memory, request: Request<readonly Step[]>, pause) =>
      runSteps(await prepared(memory, request, pause), request.asked, pause),
    'calibration.statistics': async (memory, request: Request<readonly (readonly StoredForm[])[]>, pause) => {
      const batch = await prepared(memory, request, pause);
      return inTurns(request.asked, pause, (forms) => batch.statistics(forms));
    },
    'calibration.histograms': async (memory, request: Request<readonly HistogramRequest[]>, pause) => {
      const batch = await prepared(memory, request, pause);
      return inTurns(request.asked, pause, (histogram) => batch.histogram(histogram));
    },
    'calibration.channel_ranges': async (memory, request: Request<readonly StoredForm[]>, pause) => {
      const batch = await prepared(memory, request, pause);
      return inTurns(request.asked, pause, (form) => batch.channelRange(form));
    },
    'calibration.channel_counts': async (memory, request: Request<readonly ChannelRequest[]>, pause) => {
      const batch = await prepared(memory, request, pause);
      return inTurns(request.asked, pause, (counts) => batch.channelCounts(counts));
    },
    'calibration.layer_errors': async (
      memory,
      { asked, ...request }: Request<{ requests: readonly LayerErrorRequest[]; images: number }>,
      pause,
    ) => {
      const batch = await prepared(memory, { ...request, asked }, pause);
      return inTurns(asked.requests, pause, (each) => batch.layerErrors(each, asked.images));
    },
    'calibration.close': close,
  };
}

function batchOf(memory: Memory): Batch {
  return (
    (memory.get('batch') as Batch | undefined) ??
    fail('internal', 'calibration', 'a step came before the batch was opened.')
  );
}

/** The batch, after the thresholds and steps that were put off until a request. */
async function prepared(memory: Memory, { thresholds, before }: Request<unknown>, pause: Pause): Promise<Batch> {
  const batch = batchOf(memory);
  batch.bind(thresholds);
  await runSteps(batch, before, pause);
  return batch;
}

function runSteps(batch: Batch, steps: readonly Step[], pause: Pause): Promise<Statistics[]> {
  return inTurns(steps, pause, (step) => batch.run(step));
}

/** The results of a piece of work on each of a list, with a pause before each. */
async function inTurns<T, R>(list: readonly T[], pause: Pause, work: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) {
    await pause();
    results.push(await work(item));
  }
  return results;
}

function asData({ image, error: { code, where, detail, hint } }: UnreadImage): UnreadImageData {
  return { image, error: { code, where, detail, hint } };
}

function close(memory: Memory): void {
  const engine = memory.get('engine') as Engine | undefined;
  const file = memory.get('file') as TemporaryFile | undefined;
  memory.clear();
  if (engine !== undefined) giveBackEngine(engine);
  file?.close();
}
