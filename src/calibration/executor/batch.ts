import { analyse } from '../../analysis/analysed-graph.js';
import { placed, XfdnnError } from '../../error.js';
import { expectInput } from '../../graph/expect-input.js';
import { describe, type Graph, type ValueId } from '../../graph/graph.js';
import { isBadImage, type LoadImage } from '../../images/index.js';
import type { Engine } from '../../kernels/engine.js';
import { noPause, type Pause } from '../../runtime/pause.js';
import type { Step, StepOf, StoredForm } from '../step.js';
import type { Histogram } from '../thresholds/method.js';
import type { ActivationStore } from './activation-store.js';
import { BatchMemory } from './batch-memory.js';
import { type ChannelRange, type ChannelRequest, channelCounts, channelLayout, channelRange } from './channels.js';
import type { BoundThreshold, HistogramRequest, LayerErrorRequest } from './executor.js';
import { addHistogram, countZeros } from './histogram.js';
import { LayerErrors } from './layer-errors.js';
import { merge, nothing, type Statistics } from './statistics.js';
import { runConcat } from './steps/concat.js';
import { runEltwise } from './steps/eltwise.js';
import { runEmulate } from './steps/emulate.js';
import { runFloat } from './steps/float.js';
import { runMove } from './steps/move.js';
import { runPool } from './steps/pool.js';
import { runRound } from './steps/round.js';
import { runWeighted } from './steps/weighted.js';

/** An image that could not be read. */
export interface UnreadImage {
  readonly image: number;
  readonly error: XfdnnError;
}

/** The images that one thread has read. */
export interface Reading {
  readonly statistics: Statistics;
  /** The images that cannot be decoded, where they are to be skipped. */
  readonly skipped: readonly UnreadImage[];
  /** The image that ended the reading; null: all that were claimed are read or skipped. */
  readonly failed: UnreadImage | null;
}

/** What happens between images: `pause` before each, `read` with the number of each that was read. */
interface ReadHooks {
  readonly pause: Pause;
  readonly read: (image: number) => void;
}

const SILENT: ReadHooks = { pause: noPause, read: () => undefined };

/**
 * The images of one thread, and each {@link Step} on them, one image after the other. `claimed` gives the images'
 * numbers in the calibration batch as they are read. The store holds everything between two steps.
 */
export class Batch {
  private readonly memory: BatchMemory;
  private readonly errors: LayerErrors;

  constructor(
    engine: Engine,
    graph: Graph,
    private readonly claimed: Iterable<number>,
    private readonly load: LoadImage,
    store: ActivationStore,
  ) {
    this.memory = new BatchMemory(engine, analyse(graph), store);
    this.errors = new LayerErrors(this.memory);
  }

  /** The images that were read or put here. */
  get owned(): readonly number[] {
    return this.memory.images;
  }

  bind(thresholds: readonly BoundThreshold[]): void {
    for (const [id, threshold] of thresholds) this.memory.bind(id, threshold);
  }

  /** Runs a step. An error that names no place gets the layer's. */
  async run(step: Step): Promise<Statistics> {
    try {
      return await this.dispatch(step);
    } catch (error) {
      throw step.do === 'free' ? error : this.atLayer(error, step.node);
    }
  }

  private async dispatch(step: Step): Promise<Statistics> {
    const { memory } = this;
    switch (step.do) {
      case 'input':
        return this.input(step);
      case 'weighted':
        return runWeighted(memory, step);
      case 'float':
        return runFloat(memory, step);
      case 'move':
        return runMove(memory, step);
      case 'pool':
        return runPool(memory, step);
      case 'eltwise':
        return runEltwise(memory, step);
      case 'round':
        return runRound(memory, step);
      case 'concat':
        return runConcat(memory, step);
      case 'emulate':
        return runEmulate(memory, step);
      case 'free':
        return memory.forEachImage((image) => {
          for (const form of step.forms) memory.store.free(memory.key(image, form));
        });
    }
  }

  private async input({ node }: StepOf<'input'>): Promise<Statistics> {
    const output = this.memory.network.output(node);
    const input = this.memory.network.graph.inputs.indexOf(output);
    if (input > 0) return this.readFurther(node, output, input);
    const { statistics, failed } = await this.read(node, false);
    if (failed !== null) throw failed.error;
    return statistics;
  }

  /** Reads another input of the images that are here. */
  private async readFurther(node: number, output: ValueId, input: number): Promise<Statistics> {
    let statistics = nothing;
    for (const image of this.memory.images) {
      try {
        this.store(image, output, await this.load(image, input));
      } catch (error) {
        throw this.atLayer(error, node);
      }
      statistics = merge(statistics, this.statisticsOf(image, [{ value: output, grid: null }]));
    }
    return statistics;
  }

  statistics(forms: readonly StoredForm[]): Statistics {
    return this.memory.forEachImage((image) => this.statisticsOf(image, forms));
  }

  histogram({ forms, max, bins, countZeros: isCounted }: HistogramRequest): Histogram {
    const counts = new Float64Array(bins);
    let zeros = 0;
    for (const image of this.memory.images)
      for (const form of forms)
        this.memory.withFloats(image, form, (at, count) => {
          addHistogram(this.memory.engine, at, count, max, counts);
          if (isCounted) zeros += countZeros(this.memory.engine, at, count);
        });
    return { counts, zeros };
  }

  channelRange(form: StoredForm): ChannelRange {
    const { engine, network } = this.memory;
    return channelRange(engine, channelLayout(network.value(form.value)), (visit) => this.forEachForm(form, visit));
  }

  channelCounts({ form, ...bins }: ChannelRequest): Uint32Array {
    const { engine, network } = this.memory;
    const layout = channelLayout(network.value(form.value));
    return channelCounts(engine, layout, bins, (visit) => this.forEachForm(form, visit));
  }

  /** `images`: those of the whole calibration batch. */
  layerErrors(request: LayerErrorRequest, images: number): Float64Array {
    return this.errors.measure(request, images);
  }

  private forEachForm(form: StoredForm, visit: (at: number) => void): void {
    for (const image of this.memory.images) this.memory.withFloats(image, form, visit);
  }

  /**
   * Reads the claimed images into the raw output of an input node, up to one that cannot be read. `skipBad`: images
   * that cannot be decoded, for this input or for another one, are left out.
   */
  async read(node: number, skipBad: boolean, { pause, read }: ReadHooks = SILENT): Promise<Reading> {
    const output = this.memory.network.output(node);
    const skipped: UnreadImage[] = [];
    let statistics = nothing;
    for (const image of this.claimed) {
      await pause();
      try {
        const data = await this.load(image);
        if (skipBad) await this.tryFurther(image);
        this.put(image, output, data);
      } catch (error) {
        if (!(error instanceof XfdnnError)) throw error;
        const unread = { image, error: this.atLayer(error, node) as XfdnnError };
        if (!skipBad || !isBadImage(error)) return { statistics, skipped, failed: unread };
        skipped.push(unread);
        continue;
      }
      statistics = merge(statistics, this.statisticsOf(image, [{ value: output, grid: null }]));
      read(image);
    }
    return { statistics, skipped, failed: null };
  }

  /** Throws what reading the image for the inputs after the first will throw. */
  private async tryFurther(image: number): Promise<void> {
    for (const input of this.memory.network.graph.inputs.slice(1).keys()) await this.load(image, input + 1);
  }

  /** Adds an image, with its first network input. */
  put(image: number, output: ValueId, data: Float32Array): void {
    this.store(image, output, data);
    this.memory.images.push(image);
  }

  private store(image: number, output: ValueId, data: Float32Array): void {
    const { engine, network, store } = this.memory;
    expectInput(network.value(output), data, `image ${image + 1} of the calibration batch`);
    const at = store.alloc(this.memory.key(image, { value: output, grid: null }), data.byteLength);
    engine.heap.f32(at, data.length).set(data);
  }

  /** Removes an image that has nothing but its network input, which is returned. */
  give(image: number, output: ValueId): Float32Array {
    const { engine, images, store } = this.memory;
    const key = this.memory.key(image, { value: output, grid: null });
    const data = engine.heap.f32(store.get(key), this.memory.size(output)).slice();
    store.free(key);
    images.splice(images.indexOf(image), 1);
    return data;
  }

  private statisticsOf(image: number, forms: readonly StoredForm[]): Statistics {
    return forms
      .map((form) => this.memory.withFloats(image, form, (at, count) => this.memory.measure(image, at, count)))
      .reduce(merge, nothing);
  }

  private atLayer(error: unknown, node: number): unknown {
    return placed(error, () => describe(this.memory.network.node(node)));
  }
}
