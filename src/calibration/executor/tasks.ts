import { fail, type XfdnnError } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { ImageSource, LoadImage } from '../../images/index.js';
import type { Engine } from '../../kernels/engine.js';
import { openTemporaryFile, type TemporaryFile } from '../../platform/index.js';
import { giveBackEngine, takeEngine } from '../../runtime/idle-engine.js';
import type { Memory, Task } from '../../runtime/pool.js';
import type { Step, StoredForm } from '../step.js';
import type { Histogram } from '../thresholds/method.js';
import { ActivationStore } from './activation-store.js';
import { Batch, type UnreadImage } from './batch.js';
import type { ChannelRange, ChannelRequest } from './channels.js';
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
    'calibration.read': async (memory, { node, skipBad }: ReadRequest): Promise<MemberReading> => {
      const batch = batchOf(memory);
      const { statistics, skipped, failed } = await batch.read(node, skipBad);
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
    'calibration.steps': async (memory, request: Request<readonly Step[]>) =>
      runSteps(await prepared(memory, request), request.asked),
    'calibration.statistics': async (memory, request: Request<readonly (readonly StoredForm[])[]>) => {
      const batch = await prepared(memory, request);
      return request.asked.map((forms) => batch.statistics(forms));
    },
    'calibration.histograms': async (memory, request: Request<readonly HistogramRequest[]>): Promise<Histogram[]> => {
      const batch = await prepared(memory, request);
      return request.asked.map((histogram) => batch.histogram(histogram));
    },
    'calibration.channel_ranges': async (memory, request: Request<readonly StoredForm[]>): Promise<ChannelRange[]> => {
      const batch = await prepared(memory, request);
      return request.asked.map((form) => batch.channelRange(form));
    },
    'calibration.channel_counts': async (memory, request: Request<readonly ChannelRequest[]>) => {
      const batch = await prepared(memory, request);
      return request.asked.map((counts) => batch.channelCounts(counts));
    },
    'calibration.layer_errors': async (
      memory,
      { asked, ...request }: Request<{ requests: readonly LayerErrorRequest[]; images: number }>,
    ) => {
      const batch = await prepared(memory, { ...request, asked });
      return asked.requests.map((each) => batch.layerErrors(each, asked.images));
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
async function prepared(memory: Memory, { thresholds, before }: Request<unknown>): Promise<Batch> {
  const batch = batchOf(memory);
  batch.bind(thresholds);
  await runSteps(batch, before);
  return batch;
}

async function runSteps(batch: Batch, steps: readonly Step[]): Promise<Statistics[]> {
  const all: Statistics[] = [];
  for (const step of steps) all.push(await batch.run(step));
  return all;
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
