import { overlayEpilogue } from '../../kernels/overlay-epilogue.js';
import type { BatchMemory } from './batch-memory.js';
import type { LayerCandidate, LayerErrorRequest } from './executor.js';
import { SampledLayer } from './sampled-layer.js';

/** The errors of layers on the overlay, at sampled outputs of a member's images. */
export class LayerErrors {
  /** Those that are asked for again. */
  private readonly sampled = new Map<string, SampledLayer>();

  constructor(private readonly memory: BatchMemory) {}

  /**
   * The sums of squared errors, [candidate][end][channel]: differences between the codes' values and the results of the layer on
   * the same input codes with weights of 16 bits, both rounded to whole units. Whole numbers below 2^53, so that members' parts
   * add up in any order. `images`: those of the batch.
   */
  measure(request: LayerErrorRequest, images: number): Float64Array {
    const { node, activation, largest, candidates, unit, isLast } = request;
    // A layer may make several blobs, each with a unit of its own.
    const key = [node, activation, unit].join();
    const layer = this.sampled.get(key) ?? new SampledLayer(this.memory, request, images);
    if (isLast) this.sampled.delete(key);
    else this.sampled.set(key, layer);
    const ends = candidates.reduce((sum, candidate) => sum + candidate.ends.length, 0);
    const errors = new Float64Array(ends * largest.length);
    if (layer.count > 0) {
      let at = 0;
      for (const candidate of candidates) {
        const count = candidate.ends.length * largest.length;
        this.addErrors(layer, candidate, unit, errors.subarray(at, at + count));
        at += count;
      }
    }
    if (isLast) layer.free();
    return errors;
  }

  /** Writes the errors of a candidate, [end][channel]. */
  private addErrors(
    layer: SampledLayer,
    { thresholds, ends }: LayerCandidate,
    unit: number,
    errors: Float64Array,
  ): void {
    const { heap, kernels } = this.memory.engine;
    const channels = thresholds.length;
    const codes = heap.alloc(channels * layer.count);
    const [values, sums] = [heap.alloc(CODES * 8), heap.alloc(channels * 8)];
    layer.withSums(thresholds, 8, (finish) => {
      for (const [i, { end, step }] of ends.entries()) {
        finish(overlayEpilogue(layer.shape, end), codes);
        heap.f64(values, CODES).set(valuesOf(step, unit));
        heap.f64(sums, channels).fill(0);
        kernels.square_errors_i8(codes, layer.targets, channels, layer.count, values, sums);
        errors.set(heap.f64(sums, channels), i * channels);
      }
    });
    for (const pointer of [codes, values, sums]) heap.free(pointer);
  }
}

/** The number of codes of 8 bits. */
const CODES = 256;

/** The values of codes of 8 bits in whole units, from code -128 on. */
const valuesOf = (step: number, unit: number): number[] =>
  Array.from({ length: CODES }, (_, code) => Math.round(((code - CODES / 2) * step) / unit));
