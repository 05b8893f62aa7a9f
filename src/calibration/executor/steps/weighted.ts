import { fail } from '../../../error.js';
import { stepOf } from '../../../fixed/grid.js';
import { named } from '../../../graph/graph.js';
import { gridEpilogue, lowerEpilogue } from '../../../kernels/epilogue.js';
import { aligned, type Lowering } from '../../../kernels/lowering.js';
import { opOf } from '../../../ops/index.js';
import type { RawForm, StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import type { Statistics } from '../statistics.js';
import { weightCodes } from '../weight-codes.js';

const LARGEST_FLOAT32 = 3.4028234663852886e38;

/** Codes to unrounded float32 and its extremes. */
export function runWeighted(memory: BatchMemory, step: StepOf<'weighted'>): Statistics {
  const { engine, network, store } = memory;
  const { heap } = engine;
  const output: RawForm = { value: network.output(step.fused ?? step.node), grid: null };
  const count = memory.size(output.value);
  const extremes = heap.alloc(8);
  const result = memory.withLowering(lowerWeighted(memory, step), (run) =>
    memory.forEachImage((image) => {
      const input = memory.key(image, step.input);
      store.get(input);
      const at = store.alloc(memory.key(image, output), count * 4, [input]);
      heap.f32(extremes, 2).set([0, LARGEST_FLOAT32]);
      run([store.get(input)], [at, extremes]);
      const [max = Number.NaN, min = Number.NaN] = heap.f32(extremes, 2);
      return { max, min, count, bad: Number.isFinite(max) ? -1 : image };
    }),
  );
  heap.free(extremes);
  return result;
}

/** The exact sums are finished strip by strip where the operator offers it, else stored and finished after. */
function lowerWeighted(memory: BatchMemory, step: StepOf<'weighted'>): Lowering {
  const { engine, network } = memory;
  const node = network.node(step.node);
  const shapes = network.shapesOf(step.node);
  const thresholds = memory.channelThresholds(step.params);
  const { bits } = step.params;
  const codes = weightCodes(engine, node, thresholds, bits);
  const accumulation = named(
    node,
    () =>
      opOf(node).accumulate?.(node, shapes, codes, { input: step.input.grid.bits, params: bits }) ??
      fail('internal', '', 'a weighted operator has no accumulation.'),
  );
  const channels = thresholds.length;
  const count = memory.size(network.output(step.node));
  const isFlat = (shapes.outputs[0]?.length ?? 0) < 3;
  const shape = { channels, pixels: count / channels, layout: isFlat ? 'NCHW' : shapes.layout } as const;
  const end = gridEpilogue(shape, {
    stepIn: stepOf(memory.grid(step.input.grid)),
    stepParams: thresholds.map((threshold) => stepOf({ threshold, bits })),
    bias: node.params[1]?.data ?? null,
    activation: step.fused === null ? undefined : network.ruleOf(step.fused, 'activation'),
  });
  const bytes = accumulation.type === 'i32' ? 4 : 8;
  return (
    accumulation.fuse?.(end) ?? inSequence(accumulation.lowering, count * bytes, lowerEpilogue(end, accumulation.type))
  );
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
