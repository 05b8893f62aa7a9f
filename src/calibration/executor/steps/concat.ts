import { CODES } from '../../../fixed/grid.js';
import { opOf } from '../../../ops/index.js';
import type { CodesForm, StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import type { Statistics } from '../statistics.js';
import { roundTo } from './round.js';

/** Every operand rounded to the grid, then concatenated. */
export function runConcat(memory: BatchMemory, step: StepOf<'concat'>): Statistics {
  const { engine, network, store } = memory;
  const node = network.node(step.node);
  const { layout } = network.shapesOf(step.node);
  const output: CodesForm = { value: network.output(step.node), grid: step.grid };
  const grid = memory.grid(step.grid);
  const operands = step.inputs.map((form) => ({
    form,
    rounded: { value: form.value, grid: step.grid },
    at: engine.heap.alloc(memory.size(form.value) * CODES[grid.bits].bytes),
  }));
  const result = memory.forEachImage((image) => {
    for (const { form, at } of operands) roundTo(memory, image, form, at, grid);
    const to = store.alloc(memory.key(image, output), memory.bytes(output));
    const inputs = operands.map(({ rounded, at }) => memory.tensor(rounded, at));
    opOf(node).reference(node, inputs, [memory.tensor(output, to)], layout);
  });
  for (const { at } of operands) engine.heap.free(at);
  return result;
}
