import { fail } from '../error.js';
import type { ValueId } from '../graph/graph.js';
import type { EmulationContext } from './context.js';
import type { Run } from './memory.js';

/** Puts an input of the network into a run as it is kept: quantized where an overlay layer reads it. `data`: float32. */
export function feed(
  { memory, operands, counters, placement }: EmulationContext,
  run: Run,
  id: ValueId,
  data: Float32Array | undefined,
): void {
  if (data === undefined) fail('internal', 'emulator', `expected data for input ${id}, got none.`);
  const { heap } = memory.engine;
  const kept = placement.value(id);
  const raw = heap.alloc(data.byteLength);
  heap.f32(raw, data.length).set(data);
  if (kept.kind === 'float') {
    run.addresses.set(id, raw);
    return;
  }
  operands.quantizeTensor(raw, memory.allocate(run, id), data.length, kept.grid);
  counters?.countInput(placement.analysis.value(id).blob, heap.f32(raw, data.length), kept.grid.threshold);
  heap.free(raw);
}
