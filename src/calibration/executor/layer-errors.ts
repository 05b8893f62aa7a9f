import { weightRows } from '../../analysis/weights.js';
import { fail } from '../../error.js';
import { stepOf } from '../../fixed/grid.js';
import { describe } from '../../graph/graph.js';
import { type Accumulation, accumulateConvolution } from '../../kernels/accumulate.js';
import { type Epilogue, gridEpilogue, lowerEpilogue, type OutputShape, sumBytes } from '../../kernels/epilogue.js';
import { overlayEpilogue } from '../../kernels/overlay-epilogue.js';
import { opOf } from '../../ops/index.js';
import type { InputPatches } from '../../ops/op.js';
import type { BatchMemory } from './batch-memory.js';
import type { LayerCandidate, LayerErrorRequest } from './executor.js';
import { gatherPatch, sampleCount, sampledPixels } from './samples.js';
import { weightCodes } from './weight-codes.js';

/**
 * The sums of squared errors, [candidate][end][channel]: differences between the codes' values and the results of the layer on
 * the same input codes with weights of 16 bits, both rounded to whole units, at the sampled outputs of a member's images.
 * Whole numbers below 2^53, so that members' parts add up in any order. `images`: those of the batch.
 */
export function layerErrors(memory: BatchMemory, request: LayerErrorRequest, images: number): Float64Array {
  const channels = request.largest.length;
  const ends = request.candidates.reduce((sum, candidate) => sum + candidate.ends.length, 0);
  const errors = new Float64Array(ends * channels);
  const samples = gather(memory, request, images);
  if (samples.count > 0) {
    const targets = targetsOf(memory, request, samples);
    let at = 0;
    for (const candidate of request.candidates) {
      addErrors(memory, candidate, samples, { targets, unit: request.unit }, errors.subarray(at * channels));
      at += candidate.ends.length;
    }
  }
  memory.engine.heap.free(samples.patches);
  return errors;
}

/** What the sampled outputs read, and how a layer multiplies it. */
interface Samples {
  /** Address of the codes, [group][k][sample]. */
  readonly patches: number;
  readonly count: number;
  /** Exact sums, [output channel][sample], with weights on grids of these thresholds. */
  accumulate(thresholds: readonly number[], bits: 8 | 16): Accumulation;
}

function gather(memory: BatchMemory, { node: index, input, largest }: LayerErrorRequest, images: number): Samples {
  const { engine, network, store } = memory;
  const node = network.node(index);
  const layout: InputPatches =
    opOf(node).patches?.(node, network.shapesOf(index)) ??
    fail('internal', describe(node), 'a weighted operator does not say what it reads.');
  const weights = weightRows(node).length;
  const length = (layout.groups * weights) / largest.length;
  const pixels = memory.images.map((image) => sampledPixels(image, images, layout.pixels, sampleCount(weights)));
  const count = pixels.reduce((sum, list) => sum + list.length, 0);
  const patches = engine.heap.alloc(Math.max(1, count * length));
  let at = 0;
  for (const [i, image] of memory.images.entries()) {
    const codes = engine.heap.i8(store.get(memory.key(image, input)), memory.size(input.value));
    const all = engine.heap.i8(patches, count * length);
    for (const pixel of pixels[i] ?? []) gatherPatch(codes, layout, pixel, all, { at: at++, stride: count });
  }
  const plane = [count, 1] as const;
  const geometry = {
    ...{ inChannels: length, outChannels: largest.length, group: layout.groups, input: plane, output: plane },
    ...({ kernel: [1, 1], stride: [1, 1], pad: [0, 0, 0, 0], dilation: [1, 1], layout: 'NCHW' } as const),
  };
  return {
    patches,
    count,
    accumulate: (thresholds, bits) =>
      accumulateConvolution(geometry, weightCodes(engine, node, thresholds, bits), { input: 8, params: bits }),
  };
}

/** The layer's results at the samples in whole units, [output channel][sample]. */
function targetsOf(memory: BatchMemory, request: LayerErrorRequest, samples: Samples): Int32Array {
  const { heap } = memory.engine;
  const { largest, activation, unit } = request;
  const node = memory.network.node(request.node);
  const end = gridEpilogue(shapeOf(largest.length, samples), {
    stepIn: stepOf(memory.grid(request.input.grid)),
    stepParams: largest.map((threshold) => stepOf({ threshold, bits: 16 })),
    bias: node.params[1]?.data ?? null,
    activation: activation === null ? undefined : memory.network.ruleOf(activation, 'activation'),
  });
  const count = largest.length * samples.count;
  const results = heap.alloc(count * 4);
  withSums(memory, samples, largest.length, samples.accumulate(largest, 16), (finish) => finish(end, results));
  const targets = rounded(heap.f32(results, count), unit);
  heap.free(results);
  return targets;
}

/** Numbers in whole units. */
function rounded(values: Float32Array, unit: number): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = Math.round(values[i]! / unit);
  return result;
}

const shapeOf = (channels: number, { count }: Samples): OutputShape => ({
  channels,
  pixels: count,
  layout: 'NCHW',
});

/** Runs `use` with a function that finishes the sums of the samples. */
function withSums(
  memory: BatchMemory,
  samples: Samples,
  channels: number,
  { lowering, type }: Accumulation,
  use: (finish: (end: Epilogue, to: number) => void) => void,
): void {
  const { heap } = memory.engine;
  const sums = heap.alloc(channels * samples.count * sumBytes(type));
  memory.withLowering(lowering, (run) => run([samples.patches], [sums]));
  use((end, to) => memory.withLowering(lowerEpilogue(end, type), (run) => run([sums], [to])));
  heap.free(sums);
}

/** Adds the errors of a candidate, [end][channel]. */
function addErrors(
  memory: BatchMemory,
  { thresholds, ends }: LayerCandidate,
  samples: Samples,
  target: { readonly targets: Int32Array; readonly unit: number },
  errors: Float64Array,
): void {
  const { heap } = memory.engine;
  const channels = thresholds.length;
  const codes = heap.alloc(channels * samples.count);
  withSums(memory, samples, channels, samples.accumulate(thresholds, 8), (finish) => {
    for (const [i, { end, step }] of ends.entries()) {
      finish(overlayEpilogue(shapeOf(channels, samples), end), codes);
      const found = heap.i8(codes, channels * samples.count);
      addSquares(found, valuesOf(step, target.unit), target.targets, errors.subarray(i * channels, (i + 1) * channels));
    }
  });
  heap.free(codes);
}

/** The values of codes of 8 bits in whole units, from code -128 on. */
const valuesOf = (step: number, unit: number): Int32Array =>
  Int32Array.from({ length: 256 }, (_, code) => Math.round(((code - 128) * step) / unit));

/** Adds the squared differences of codes' values from targets, [channel][sample], to each channel's sum. */
function addSquares(codes: Int8Array, values: Int32Array, targets: Int32Array, sums: Float64Array): void {
  const count = codes.length / sums.length;
  for (let c = 0, at = 0; c < sums.length; c++) {
    let sum = 0;
    for (const end = at + count; at < end; at++) {
      const difference = values[codes[at]! + 128]! - targets[at]!;
      sum += difference * difference;
    }
    sums[c]! += sum;
  }
}
