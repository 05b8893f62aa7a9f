import { opOf } from '../../../ops/index.js';
import { referenceLowering } from '../../../runtime/reference-lowering.js';
import type { StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import { merge, nothing, type Statistics } from '../statistics.js';

/** A layer in float32; codes are dequantized first. */
export function runFloat(memory: BatchMemory, { node: index, inputs }: StepOf<'float'>): Statistics {
  const { engine, network, store } = memory;
  const node = network.node(index);
  const lowering = opOf(node).lower?.(node, network.shapesOf(index)) ?? referenceLowering(network.graph, node);
  return memory.withLowering(lowering, (run) =>
    memory.forEachImage((image) => {
      const targets = node.outputs.map((value) => ({ value, key: memory.key(image, { value, grid: null }) }));
      const pinned = [...inputs.map((form) => memory.key(image, form)), ...targets.map(({ key }) => key)];
      const outputs = targets.map(({ value, key }) => ({
        at: store.alloc(key, memory.size(value) * 4, pinned),
        count: memory.size(value),
      }));
      const floats = inputs.map((form) => memory.floats(form, store.get(memory.key(image, form), pinned)));
      run(
        floats.map(({ at }) => at),
        outputs.map(({ at }) => at),
      );
      for (const { at, copied } of floats) if (copied) engine.heap.free(at);
      return outputs.map(({ at, count }) => memory.measure(image, at, count)).reduce(merge, nothing);
    }),
  );
}
