import { weightRows } from '../../analysis/weights.js';
import { fail } from '../../error.js';
import { stepOf } from '../../fixed/grid.js';
import { describe } from '../../graph/graph.js';
import { type Accumulation, accumulateConvolution } from '../../kernels/accumulate.js';
import { type Epilogue, gridEpilogue, lowerEpilogue, type OutputShape, sumBytes } from '../../kernels/epilogue.js';
import type { ConvolutionGeometry } from '../../kernels/geometry.js';
import { opOf } from '../../ops/index.js';
import type { InputPatches } from '../../ops/op.js';
import type { BatchMemory } from './batch-memory.js';
import type { LayerErrorRequest } from './executor.js';
import { sampleCount, sampledPixels, tapsOfPixels } from './samples.js';
import { weightCodes } from './weight-codes.js';

/** The part of a request that every request for the same layer has. */
export type LayerRequest = Omit<LayerErrorRequest, 'candidates' | 'isLast'>;

/** The outputs of a layer that are sampled on a member's images: the codes that they read, and what they should be. */
export class SampledLayer {
  /** The number of sampled outputs of a channel. */
  readonly count: number;
  /** Of the layer's outputs at the samples. */
  readonly shape: OutputShape;
  /**
   * Address of the results of the layer on the same input codes with weights of 16 bits, in whole units, int32
   * [output channel][sample].
   */
  readonly targets: number;
  private readonly geometry: ConvolutionGeometry;
  /** Address of the codes, [group][k][sample]. */
  private readonly patches: number;

  /** `images`: those of the whole calibration batch. */
  constructor(
    private readonly memory: BatchMemory,
    private readonly request: LayerRequest,
    images: number,
  ) {
    const { node: index, largest } = request;
    const node = memory.network.node(index);
    const layout: InputPatches =
      opOf(node).patches?.(node, memory.network.shapesOf(index)) ??
      fail('internal', describe(node), 'a weighted operator does not say what it reads.');
    const weights = weightRows(node).length;
    const pixels = memory.images.map((image) => sampledPixels(image, images, layout.pixels, sampleCount(weights)));
    this.count = pixels.reduce((sum, list) => sum + list.length, 0);
    this.shape = { channels: largest.length, pixels: this.count, layout: 'NCHW' };
    const plane = [this.count, 1] as const;
    this.geometry = {
      ...{ inChannels: (layout.groups * weights) / largest.length, outChannels: largest.length, group: layout.groups },
      ...{ input: plane, output: plane },
      ...({ kernel: [1, 1], stride: [1, 1], pad: [0, 0, 0, 0], dilation: [1, 1], layout: 'NCHW' } as const),
    };
    this.patches = this.gather(layout, pixels);
    this.targets = this.count === 0 ? memory.engine.heap.alloc(0) : this.measureTargets();
  }

  /** Runs `use` with a function that finishes the sums of the samples with weights on grids of these thresholds. */
  withSums(
    thresholds: readonly number[],
    bits: 8 | 16,
    use: (finish: (end: Epilogue, to: number) => void) => void,
  ): void {
    const { memory, patches, shape } = this;
    const { heap } = memory.engine;
    const { lowering, type } = this.accumulate(thresholds, bits);
    const sums = heap.alloc(shape.channels * this.count * sumBytes(type));
    memory.withLowering(lowering, (run) => run([patches], [sums]));
    use((end, to) => memory.withLowering(lowerEpilogue(end, type), (run) => run([sums], [to])));
    heap.free(sums);
  }

  /** Gives the memory back. */
  free(): void {
    for (const pointer of [this.patches, this.targets]) this.memory.engine.heap.free(pointer);
  }

  private accumulate(thresholds: readonly number[], bits: 8 | 16): Accumulation {
    const { engine, network } = this.memory;
    const codes = weightCodes(engine, weightRows(network.node(this.request.node)), thresholds, bits);
    return accumulateConvolution(this.geometry, codes, { input: 8, params: bits });
  }

  private gather(layout: InputPatches, pixels: readonly (readonly number[])[]): number {
    const { memory, count } = this;
    const { heap, kernels } = memory.engine;
    const { input } = this.request;
    const { channels, channelStep } = layout;
    const patches = heap.alloc(count * this.geometry.inChannels);
    let to = patches;
    for (const [i, image] of memory.images.entries()) {
      const own = pixels[i] ?? [];
      const { taps, offsets } = tapsOfPixels(layout, own);
      const table = heap.alloc(offsets.byteLength);
      heap.i32(table, offsets.length).set(offsets);
      const codes = memory.store.get(memory.key(image, input));
      kernels.gather_i8(codes, channels, channelStep, table, taps, own.length, to, count);
      heap.free(table);
      to += own.length;
    }
    return patches;
  }

  private measureTargets(): number {
    const { memory, shape } = this;
    const { largest, activation, unit, node, input } = this.request;
    const { heap, kernels } = memory.engine;
    const count = shape.channels * this.count;
    const end = gridEpilogue(shape, {
      stepIn: stepOf(memory.grid(input.grid)),
      stepParams: largest.map((threshold) => stepOf({ threshold, bits: 16 })),
      bias: memory.network.node(node).params[1]?.data ?? null,
      activation: activation === null ? undefined : memory.network.ruleOf(activation, 'activation'),
    });
    const results = heap.alloc(count * 4);
    this.withSums(largest, 16, (finish) => finish(end, results));
    kernels.round_units_f32(results, results, count, unit);
    return results;
  }
}
