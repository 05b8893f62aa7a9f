import type { Grid } from '../../../fixed/grid.js';
import type { CodesForm, StepOf, StoredForm } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import { quantize, requantize } from '../grid-kernels.js';
import type { Statistics } from '../statistics.js';

/** A stored form as codes on a grid. Where the step releases the form, no two images have both. */
export function runRound(memory: BatchMemory, step: StepOf<'round'>): Statistics {
  const output: CodesForm = { value: step.from.value, grid: step.grid };
  const grid = memory.grid(step.grid);
  return memory.forEachImage((image) => {
    const source = memory.key(image, step.from);
    memory.store.get(source);
    const at = memory.store.alloc(memory.key(image, output), memory.bytes(output), [source]);
    roundTo(memory, image, step.from, at, grid);
    if (step.releases === true) memory.store.free(source);
  });
}

/**
 * Writes the codes of an image's stored form on a grid to the address `to`. The form must be in the heap or `to`
 * outside the store.
 */
export function roundTo(memory: BatchMemory, image: number, from: StoredForm, to: number, grid: Grid): void {
  const at = memory.store.get(memory.key(image, from));
  const count = memory.size(from.value);
  if (from.grid === null) quantize(memory.engine, at, to, count, grid);
  else requantize(memory.engine, at, to, count, memory.grid(from.grid), grid);
}
