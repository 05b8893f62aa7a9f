import type { ValueId } from '../graph/graph.js';
import { type Epilogue, lowerEpilogue, type OutputShape, type SumType, sumBytes } from '../kernels/epilogue.js';
import { overlayEpilogue, type Requantization } from '../kernels/overlay-epilogue.js';
import type { Activation } from '../overlay/requantization.js';
import type { TypedArray } from '../tensor.js';
import type { EmulationContext } from './context.js';
import type { Counters } from './counters.js';
import type { EmulationMemory, Run } from './memory.js';

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
  { memory, counters }: EmulationContext,
  name: string,
  type: SumType,
  values: readonly FinishedValue[],
): (run: Run, sums: number) => void {
  const steps = values.map(({ id, epilogue }, order) => {
    if (counters !== null && order === 0) return { id, apply: counted(memory, counters, name, type, { id, epilogue }) };
    const lowered = memory.prepared(lowerEpilogue(epilogue, type));
    return { id, apply: (sums: number, to: number) => lowered([sums], [to]) };
  });
  return (run, sums) => {
    for (const { id, apply } of steps) apply(sums, memory.allocate(run, id));
  };
}

/** Kernels count in three int32: clips before scaling, clips of the output, sums beyond the accumulator. */
const COUNTS = 3;

/** With the clips of each channel and whether any code of it is not 0; or with the clips of all channels together. */
function counted(
  memory: EmulationMemory,
  counters: Counters,
  name: string,
  type: SumType,
  { id, epilogue }: FinishedValue,
): (sums: number, to: number) => void {
  const { engine } = memory;
  const { channels, pixels, layout } = epilogue.shape;
  const constants = memory.own(epilogue.constants);
  const seen = memory.own(COUNTS * Int32Array.BYTES_PER_ELEMENT);
  epilogue.prepare(engine, constants);
  const [rows, together] = counters.byChannel ? [channels, 1] : [1, channels];
  return (sums, to) => {
    for (let channel = 0; channel < rows; channel++) {
      engine.heap.i32(seen, COUNTS).fill(0);
      const row = { address: sums + channel * pixels * sumBytes(type), stride: pixels, type };
      epilogue.apply(engine, row, { channel, channels: together, pixel: 0, pixels }, [to, seen], constants);
      const [prescale = 0, output = 0, beyond = 0] = engine.heap.i32(seen, COUNTS);
      const [first, step] = layout === 'NCHW' ? [channel * pixels, 1] : [channel, channels];
      const alive = together > 1 || anyCode(memory.view(id, to).data, first, pixels, step);
      counters.countRow(name, rows, channel, { prescale, output, beyond }, alive, pixels * together);
    }
  };
}

/** Whether any of `count` codes from `first` on, `step` apart, is not 0. */
function anyCode(codes: TypedArray, first: number, count: number, step: number): boolean {
  for (let i = 0; i < count; i++) if (codes[first + i * step] !== 0) return true;
  return false;
}
