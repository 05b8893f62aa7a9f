import { CODES, stepOf } from '../../../fixed/grid.js';
import { lowerMaxCodes, lowerSumCodes } from '../../../kernels/elementwise.js';
import type { RawForm, StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import { dequantize, requantize } from '../grid-kernels.js';
import type { Statistics } from '../statistics.js';

/** Operands rounded again to one grid; their sum, or the largest of them, as unrounded float32. */
export function runEltwise(memory: BatchMemory, step: StepOf<'eltwise'>): Statistics {
  const { engine, network, store } = memory;
  const { operation, coefficients } = network.ruleOf(step.node, 'eltwise');
  const output: RawForm = { value: network.output(step.node), grid: null };
  const count = memory.size(output.value);
  const grid = memory.grid(step.grid);
  const isSum = operation === 'sum';
  const lowering = isSum
    ? lowerSumCodes(
        count,
        coefficients.map((coefficient) => coefficient * stepOf(grid)),
        grid.bits,
      )
    : lowerMaxCodes(count, grid.bits);
  const bytes = count * CODES[grid.bits].bytes;
  const operands = step.inputs.map((form) => ({ form, again: engine.heap.alloc(bytes) }));
  const largest = engine.heap.alloc(bytes);
  const result = memory.withLowering(lowering, (run) =>
    memory.forEachImage((image) => {
      for (const { form, again } of operands)
        requantize(engine, store.get(memory.key(image, form)), again, count, memory.grid(form.grid), grid);
      const at = store.alloc(memory.key(image, output), count * 4);
      run(
        operands.map(({ again }) => again),
        [isSum ? at : largest],
      );
      if (!isSum) dequantize(engine, largest, at, count, grid);
      return memory.measure(image, at, count);
    }),
  );
  for (const pointer of [...operands.map(({ again }) => again), largest]) engine.heap.free(pointer);
  return result;
}
