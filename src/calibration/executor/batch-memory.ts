import type { AnalysedGraph } from '../../analysis/analysed-graph.js';
import { fail } from '../../error.js';
import { CODES, type Grid } from '../../fixed/grid.js';
import type { ValueId } from '../../graph/graph.js';
import type { Engine } from '../../kernels/engine.js';
import type { Lowering } from '../../kernels/lowering.js';
import { elements, type Tensor, type TypedArray } from '../../tensor.js';
import { formKey, type PlannedGrid, type StoredForm, type ThresholdId } from '../step.js';
import type { ActivationStore } from './activation-store.js';
import type { BoundThreshold, OverlayLayer } from './executor.js';
import { dequantize } from './grid-kernels.js';
import { absMinMax } from './histogram.js';
import { merge, nothing, type Statistics } from './statistics.js';

/**
 * The state that the steps of one thread share: an engine, the stored forms of the thread's images, the thresholds
 * bound so far.
 */
export class BatchMemory {
  /** The numbers of the thread's images in the calibration batch. */
  readonly images: number[] = [];
  private readonly thresholds = new Map<ThresholdId, BoundThreshold[1]>();

  constructor(
    readonly engine: Engine,
    readonly network: AnalysedGraph,
    readonly store: ActivationStore,
  ) {}

  /** Key of an image's stored form. */
  key(image: number, form: StoredForm): string {
    return `${image}:${formKey(form)}`;
  }

  /** Number of elements of a value. */
  size(value: ValueId): number {
    return elements(this.network.value(value).shape);
  }

  /** Bytes of a stored form of one image. */
  bytes({ value, grid }: StoredForm): number {
    return this.size(value) * (grid === null ? 4 : CODES[grid.bits].bytes);
  }

  bind(id: ThresholdId, threshold: BoundThreshold[1]): void {
    this.thresholds.set(id, threshold);
  }

  /** A planned grid with the number of its threshold. */
  grid({ threshold: id, bits }: PlannedGrid): Grid {
    const threshold = this.thresholds.get(id);
    if (typeof threshold !== 'number') return fail('internal', 'calibration', `threshold ${id} is not bound.`);
    return { threshold, bits };
  }

  /** The thresholds of weights, one for each output channel. */
  channelThresholds({ threshold: id }: PlannedGrid): readonly number[] {
    const thresholds = this.thresholds.get(id);
    return Array.isArray(thresholds)
      ? thresholds
      : fail('internal', 'calibration', `the thresholds ${id} of weights are not bound.`);
  }

  /** How a layer is emulated. */
  overlayLayer(id: ThresholdId): OverlayLayer {
    const layer = this.thresholds.get(id);
    return typeof layer === 'object' && 'end' in layer
      ? layer
      : fail('internal', 'calibration', `the emulated layer ${id} is not bound.`);
  }

  forEachImage(visit: (image: number) => Statistics | void): Statistics {
    return this.images.reduce((sum, image) => merge(sum, visit(image) ?? nothing), nothing);
  }

  /** Statistics of float32 values of an image. */
  measure(image: number, at: number, count: number): Statistics {
    const { max, min, finite } = absMinMax(this.engine, at, count);
    return { max, min, count, bad: finite ? -1 : image };
  }

  /** Runs `use` with a lowering that is prepared before, and whose memory is given back after. */
  withLowering<T>(lowering: Lowering, use: (run: (inputs: number[], outputs: number[]) => void) => T): T {
    const { heap } = this.engine;
    const [constants, scratch] = [heap.alloc(lowering.constants), heap.alloc(lowering.scratch)];
    lowering.prepare(this.engine, constants);
    const result = use((inputs, outputs) => lowering.run(this.engine, { inputs, outputs, constants, scratch }));
    for (const pointer of [constants, scratch]) heap.free(pointer);
    return result;
  }

  /** Runs `use` on the float32 values of a stored form. */
  withFloats<T>(image: number, form: StoredForm, use: (at: number, count: number) => T): T {
    const { at, copied } = this.floats(form, this.store.get(this.key(image, form)));
    const result = use(at, this.size(form.value));
    if (copied) this.engine.heap.free(at);
    return result;
  }

  /** Address of the float32 values of a stored form at `at`: there, or for codes a copy that the caller frees. */
  floats({ value, grid }: StoredForm, at: number): { at: number; copied: boolean } {
    if (grid === null) return { at, copied: false };
    const count = this.size(value);
    const copy = this.engine.heap.alloc(count * 4);
    dequantize(this.engine, at, copy, count, this.grid(grid));
    return { at: copy, copied: true };
  }

  /** The elements of a stored form at `at`, as they are stored. */
  tensor({ value, grid }: StoredForm, at: number): Tensor<TypedArray> {
    const { shape } = this.network.value(value);
    const count = elements(shape);
    return {
      shape,
      data: grid === null ? this.engine.heap.f32(at, count) : this.engine.heap[CODES[grid.bits].element](at, count),
    };
  }
}
