import { weightRows } from '../../../analysis/weights.js';
import { fail } from '../../../error.js';
import { stepOf } from '../../../fixed/grid.js';
import { named } from '../../../graph/graph.js';
import { type Epilogue, gridEpilogue, lowerEpilogue, type OutputShape, sumBytes } from '../../../kernels/epilogue.js';
import { aligned, type Lowering } from '../../../kernels/lowering.js';
import { opOf } from '../../../ops/index.js';
import type { Accumulation } from '../../../ops/op.js';
import type { RawForm, StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import { merge, nothing, type Statistics } from '../statistics.js';
import { weightCodes } from '../weight-codes.js';

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** From this many weights on an InnerProduct is computed in parts, and most weights of a part. */
const LARGE = 2 ** 23;
const PART = 2 ** 22;

/** Output channels of a layer: the first one, and how many. */
interface Channels {
  readonly from: number;
  readonly count: number;
}

/** Codes to unrounded float32 and its extremes. */
export function runWeighted(memory: BatchMemory, step: StepOf<'weighted'>): Statistics {
  const { network } = memory;
  const rows = weightRows(network.node(step.node));
  const { form, channels } = network.ruleOf(step.node, 'weighted');
  return form === 'InnerProduct' && rows.length >= LARGE
    ? runInParts(memory, step, rows)
    : runWhole(memory, step, rows, { from: 0, count: channels });
}

function runWhole(memory: BatchMemory, step: StepOf<'weighted'>, rows: Float32Array, channels: Channels): Statistics {
  const { store } = memory;
  const output = outputOf(memory, step);
  const count = memory.size(output.value);
  return runChannels(memory, step, rows, channels, (image, input, run) => {
    store.get(input);
    const at = store.alloc(memory.key(image, output), count * 4, [input]);
    return run(store.get(input), at, count);
  });
}

/**
 * A large InnerProduct, some output channels of all images at a time: no thread has codes of the whole matrix. The outputs are
 * stored when they are whole.
 */
function runInParts(memory: BatchMemory, step: StepOf<'weighted'>, rows: Float32Array): Statistics {
  const { engine, images, store } = memory;
  const { heap } = engine;
  const output = outputOf(memory, step);
  const width = memory.size(output.value);
  const most = Math.max(1, Math.floor((PART * width) / rows.length));
  const results = new Map(images.map((image) => [image, heap.alloc(width * 4)]));
  let statistics = nothing;
  for (let from = 0; from < width; from += most) {
    const channels = { from, count: Math.min(most, width - from) };
    const part = runChannels(memory, step, rows, channels, (image, input, run) =>
      run(store.get(input), (results.get(image) ?? 0) + from * 4, channels.count),
    );
    statistics = merge(statistics, part);
  }
  for (const [image, result] of results) {
    const at = store.alloc(memory.key(image, output), width * 4);
    heap.f32(at, width).set(heap.f32(result, width));
    heap.free(result);
  }
  return statistics;
}

/** Runs one image: from its input to its outputs, `count` elements, whose statistics it gives. */
type RunImage = (input: number, output: number, count: number) => Statistics;

/** Some output channels of all images. `visit` runs an image, whose input is stored under a key. */
function runChannels(
  memory: BatchMemory,
  step: StepOf<'weighted'>,
  rows: Float32Array,
  channels: Channels,
  visit: (image: number, input: string, run: RunImage) => Statistics,
): Statistics {
  const { heap } = memory.engine;
  const extremes = heap.alloc(8);
  const result = memory.withLowering(lowerWeighted(memory, step, rows, channels), (run) =>
    memory.forEachImage((image) =>
      visit(image, memory.key(image, step.input), (input, output, count) => {
        heap.f32(extremes, 2).set([0, LARGEST_FLOAT32]);
        run([input], [output, extremes]);
        const [max = Number.NaN, min = Number.NaN] = heap.f32(extremes, 2);
        return { max, min, count, bad: Number.isFinite(max) ? -1 : image };
      }),
    ),
  );
  heap.free(extremes);
  return result;
}

function outputOf({ network }: BatchMemory, step: StepOf<'weighted'>): RawForm {
  return { value: network.output(step.fused ?? step.node), grid: null };
}

function lowerWeighted(
  memory: BatchMemory,
  step: StepOf<'weighted'>,
  rows: Float32Array,
  { from, count }: Channels,
): Lowering {
  const { engine, network } = memory;
  const node = network.node(step.node);
  const shapes = network.shapesOf(step.node);
  const all = memory.channelThresholds(step.params);
  const depth = rows.length / all.length;
  const thresholds = all.slice(from, from + count);
  const { bits } = step.params;
  const codes = weightCodes(engine, rows.subarray(from * depth, (from + count) * depth), thresholds, bits);
  const accumulation = named(
    node,
    () =>
      opOf(node).accumulate?.(node, shapes, codes, { input: step.input.grid.bits, params: bits }) ??
      fail('internal', '', 'a weighted operator has no accumulation.'),
  );
  const { pixels, layout } = outputShape(memory, step.node, all.length);
  const activation = step.fused === null ? undefined : network.ruleOf(step.fused, 'activation');
  const end = gridEpilogue(
    { channels: count, pixels, layout },
    {
      stepIn: stepOf(memory.grid(step.input.grid)),
      stepParams: thresholds.map((threshold) => stepOf({ threshold, bits })),
      bias: node.params[1]?.data.subarray(from, from + count) ?? null,
      activation: activation && { ...activation, slopes: ofChannels(activation.slopes, from, count) },
    },
  );
  return finished(accumulation, end);
}

/** The slopes of some channels; one slope is that of all. */
function ofChannels(slopes: readonly number[], from: number, count: number): readonly number[] {
  return slopes.length === 1 ? slopes : slopes.slice(from, from + count);
}

/** Channels, pixels and layout of a weighted layer's output. */
export function outputShape(memory: BatchMemory, index: number, channels: number): OutputShape {
  const { network } = memory;
  const { outputs, layout } = network.shapesOf(index);
  const isFlat = (outputs[0]?.length ?? 0) < 3;
  return { channels, pixels: memory.size(network.output(index)) / channels, layout: isFlat ? 'NCHW' : layout };
}

/** The sums of a layer and what finishes them, strip by strip where the operator offers it, else stored between. */
export function finished({ fuse, lowering, type }: Accumulation, end: Epilogue): Lowering {
  const { channels, pixels } = end.shape;
  return fuse?.(end) ?? inSequence(lowering, channels * pixels * sumBytes(type), lowerEpilogue(end, type));
}

/** One lowering after the other, the first one's output of `bytes` kept in scratch. */
function inSequence(first: Lowering, bytes: number, second: Lowering): Lowering {
  const between = aligned(first.scratch);
  const behind = aligned(first.constants);
  return {
    constants: behind + second.constants,
    scratch: between + bytes,
    prepare(engine, at) {
      first.prepare(engine, at);
      second.prepare(engine, at + behind);
    },
    run(engine, { inputs, outputs, constants, scratch }) {
      first.run(engine, { inputs, outputs: [scratch + between], constants, scratch });
      second.run(engine, {
        inputs: [scratch + between],
        outputs,
        constants: constants + behind,
        scratch: scratch + between + bytes,
      });
    },
  };
}
