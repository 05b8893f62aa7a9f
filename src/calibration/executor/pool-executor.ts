import { fail, XfdnnError } from '../../error.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import type { ImageSource } from '../../images/index.js';
import type { Pool } from '../../runtime/pool.js';
import { isSilent, type Step, type StoredForm } from '../step.js';
import type { Histogram } from '../thresholds/method.js';
import type { UnreadImage } from './batch.js';
import { type ChannelRange, type ChannelRequest, mergeRanges } from './channels.js';
import type { BoundThreshold, CalibrationExecutor, LayerErrorRequest } from './executor.js';
import { balance, openImageQueues } from './image-queue.js';
import { merge, nothing, type Statistics } from './statistics.js';
import type { Handover, MemberReading, OpenBatch, ReadRequest, Request, UnreadImageData } from './tasks.js';

/** The images of a calibration, and the memory for it. */
export interface CalibrationBatch {
  readonly source: ImageSource;
  readonly count: number;
  /** Bytes of activations that all members together keep in memory; the rest goes to temporary files. */
  readonly memory: number;
  /**
   * Images that cannot be decoded are left out. Called once, when all images are read, with those left out in the order
   * of the batch. Absent: the first of them is thrown.
   */
  readonly onSkipped?: ((skipped: readonly UnreadImage[]) => void) | undefined;
  /** Called each time an image has been read. */
  readonly onRead?: (() => void) | undefined;
}

/** An executor with an end. */
export interface OpenExecutor extends CalibrationExecutor {
  /** Runs the steps that were put off; throws where one fails. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Spreads a calibration batch over a pool's members, each image to one member for the whole calibration. */
export function openExecutor(pool: Pool, graph: Graph, batch: CalibrationBatch): OpenExecutor {
  return new PoolExecutor(pool, graph, batch);
}

/**
 * Steps without statistics are sent along with the next request, so that members wait for each other only where a
 * number is needed.
 */
class PoolExecutor implements OpenExecutor {
  private readonly opened: Promise<unknown>;
  private thresholds: BoundThreshold[] = [];
  private before: Step[] = [];

  constructor(
    private readonly pool: Pool,
    private readonly graph: Graph,
    private readonly batch: CalibrationBatch,
  ) {
    const queues = openImageQueues(batch.count, pool.size);
    const openBatch = (member: number): OpenBatch => ({
      graph,
      queue: queues[member] ?? fail('internal', 'pool', `expected ${pool.size} members, got member ${member}.`),
      source: batch.source,
      budget: batch.memory / pool.size,
    });
    // Not awaited: a member that is ready begins to read images while others still start.
    this.opened = pool.all('calibration.open', openBatch);
    this.opened.catch(() => undefined);
  }

  bind(thresholds: readonly BoundThreshold[]): void {
    this.thresholds.push(...thresholds);
  }

  async run(steps: readonly Step[]): Promise<Statistics[]> {
    const [first, ...others] = steps;
    const isFirst = first?.do === 'input' && this.graph.nodes[first.node]?.outputs[0] === this.graph.inputs[0];
    if (isFirst) return [await this.read(first.node), ...(await this.run(others))];
    if (!steps.every(isSilent)) return this.runNow(steps);
    this.before.push(...steps);
    return steps.map(() => nothing);
  }

  async statistics(asked: Parameters<CalibrationExecutor['statistics']>[0]): Promise<Statistics[]> {
    const parts = await this.request<Statistics[]>('calibration.statistics', asked);
    return inColumns(parts).map((column) => column.reduce(merge, nothing));
  }

  async histograms(asked: Parameters<CalibrationExecutor['histograms']>[0]): Promise<Histogram[]> {
    const parts = await this.request<Histogram[]>('calibration.histograms', asked);
    return inColumns(parts).map((column) => column.reduce(addHistograms));
  }

  async channelRanges(forms: readonly StoredForm[]): Promise<ChannelRange[]> {
    const parts = await this.request<ChannelRange[]>('calibration.channel_ranges', forms);
    return inColumns(parts).map((column) => column.reduce(mergeRanges));
  }

  async channelCounts(asked: readonly ChannelRequest[]): Promise<Uint32Array[]> {
    const parts = await this.request<Uint32Array[]>('calibration.channel_counts', asked);
    return inColumns(parts).map((column) => column.reduce(addCounts));
  }

  async layerErrors(requests: readonly LayerErrorRequest[]): Promise<Float64Array[]> {
    const asked = { requests, images: this.batch.count };
    const parts = await this.request<Float64Array[]>('calibration.layer_errors', asked);
    return inColumns(parts).map((column) => column.reduce(addCounts));
  }

  async settle(): Promise<void> {
    await this.runNow([]);
  }

  async close(): Promise<void> {
    await this.pool.all('calibration.close', () => null);
  }

  private async runNow(steps: readonly Step[]): Promise<Statistics[]> {
    const parts = await this.request<Statistics[]>('calibration.steps', steps);
    return inColumns(parts).map((column) => column.reduce(merge, nothing));
  }

  /** Sends every member the same request; the answers in member order. */
  private request<R>(task: string, asked: unknown): Promise<R[]> {
    const request: Request<unknown> = { thresholds: this.thresholds, before: this.before, asked };
    this.thresholds = [];
    this.before = [];
    return this.pool.all<R>(task, () => request);
  }

  /** Reads all images, each member as many as it has time for; then each member gets its share. */
  private async read(node: number): Promise<Statistics> {
    const { onSkipped, onRead } = this.batch;
    const request: ReadRequest = { node, skipBad: onSkipped !== undefined };
    const [readings] = await Promise.all([
      this.pool.all<MemberReading>('calibration.read', () => request, onRead),
      this.opened,
    ]);
    const [failed] = inOrder(readings.flatMap((reading) => reading.failed ?? []));
    const skipped = inOrder(readings.flatMap((reading) => reading.skipped));
    onSkipped?.(failed === undefined ? skipped : skipped.filter(({ image }) => image < failed.image));
    if (failed !== undefined) throw failed.error;
    const [output] = this.graph.nodes[node]?.outputs ?? [];
    await this.balance(readings, output ?? fail('internal', 'calibration', 'an input has no output.'));
    return readings.map(({ statistics }) => statistics).reduce(merge, nothing);
  }

  private async balance(readings: readonly MemberReading[], output: ValueId): Promise<void> {
    for (const { from, to, images } of balance(readings.map(({ owned }) => owned))) {
      const handover: Handover = { images, output };
      const data = await this.pool.one<Float32Array[]>(from, 'calibration.give', handover);
      const inputs = images.map((image, i) => [image, data[i]]);
      await this.pool.one(to, 'calibration.take', { output, inputs });
    }
  }
}

/** Unread images in the order of the batch, with the errors they were. */
function inOrder(images: readonly UnreadImageData[]): UnreadImage[] {
  return [...images]
    .sort((a, b) => a.image - b.image)
    .map(({ image, error: { code, where, detail, hint } }) => ({
      image,
      error: new XfdnnError(code, where, detail, hint),
    }));
}

/** The members' answers to each of several questions. */
function inColumns<T>(answers: readonly (readonly T[])[]): T[][] {
  return (answers[0] ?? []).map((_, i) => answers.flatMap((answer) => answer.slice(i, i + 1)));
}

function addHistograms(a: Histogram, b: Histogram): Histogram {
  return { counts: addCounts(a.counts, b.counts), zeros: a.zeros + b.zeros };
}

/** Adds to the first array and gives it back: nothing else holds a member's answer. */
function addCounts<T extends Float64Array | Uint32Array>(sums: T, more: T): T {
  for (let bin = 0; bin < sums.length; bin++) sums[bin]! += more[bin]!;
  return sums;
}
