import type { ValueId } from '../graph/graph.js';
import { type Epilogue, lowerEpilogue, type OutputShape, type SumType } from '../kernels/epilogue.js';
import { CHANNEL_COUNTERS, overlayEpilogue, type Requantization } from '../kernels/overlay-epilogue.js';
import type { Activation } from '../overlay/requantization.js';
import type { EmulationContext } from './context.js';
import type { Run } from './memory.js';

/** A value that a layer's sums become, and the epilogue that makes it of them. */
export interface FinishedValue {
  readonly id: ValueId;
  readonly epilogue: Epilogue;
}

/** Channels, pixels and layout of a value as an epilogue writes it; with one channel everything is one row of pixels. */
export function outputShape({ memory, placement }: EmulationContext, id: ValueId, channels: number): OutputShape {
  const { shape, layout } = placement.analysis.value(id);
  return {
    channels,
    pixels: memory.size(id) / channels,
    layout: shape.length < 3 || channels === 1 ? 'NCHW' : layout,
  };
}

/** How the sums of a layer become codes under an activation; null: under none. */
export type RequantizationOf = (activation: Activation | null) => Requantization;

/** The values that the sums of a layer become: its own result where it is read, and those of the activations that read it. */
export function finishedValues(
  context: EmulationContext,
  index: number,
  channels: number,
  requantize: RequantizationOf,
): FinishedValue[] {
  const { placement } = context;
  return placement.targetsOf(index).map(({ value, activation }) => ({
    id: value,
    epilogue: overlayEpilogue(
      outputShape(context, value, channels),
      requantize(activation === null ? null : activationOf(context, activation)),
    ),
  }));
}

/** The slopes and the ceiling of an activation's node. */
export function activationOf({ placement }: Pick<EmulationContext, 'placement'>, index: number): Activation | null {
  const rule = placement.analysis.rule(index);
  return rule.kind === 'activation' ? rule : null;
}

/** Turns stored sums into codes. Where counters are given, the clips of the first value are counted, those of the others are not. */
export function finish(
  context: EmulationContext,
  name: string,
  type: SumType,
  values: readonly FinishedValue[],
): (run: Run, sums: number) => void {
  const { memory } = context;
  const steps = values.map(({ id, epilogue }, order) => {
    const lowered = memory.prepared(lowerEpilogue(epilogue, type));
    const counted = order === 0 ? countingOf(context, name, epilogue) : uncounted;
    return {
      id,
      apply: (run: Run, sums: number, to: number) => counted(run, to, (outputs) => lowered([sums], outputs)),
    };
  });
  return (run, sums) => {
    for (const { id, apply } of steps) apply(run, sums, memory.allocate(run, id));
  };
}

/** Runs a lowering that ends in an epilogue to codes, which are written to an address. */
type Counting = (run: Run, codes: number, lowered: (outputs: number[]) => void) => void;

const uncounted: Counting = (_, codes, lowered) => lowered([codes]);

/** Gives an epilogue to codes its counters, and adds what it counted to those of the emulator, if there are any. */
export function countingOf(
  { memory, counters }: Pick<EmulationContext, 'memory' | 'counters'>,
  name: string,
  { shape: { channels, pixels } }: Epilogue,
): Counting {
  if (counters === null) return uncounted;
  const count = channels * CHANNEL_COUNTERS;
  const seen = memory.own(count * Int32Array.BYTES_PER_ELEMENT);
  return (run, codes, lowered) => {
    if (!run.isCounted) return lowered([codes]);
    memory.engine.heap.i32(seen, count).fill(0);
    lowered([codes, seen]);
    counters.countLayer(name, memory.engine.heap.i32(seen, count), pixels);
  };
}
