import { fail } from '../../../error.js';
import { describe } from '../../../graph/graph.js';
import { opOf } from '../../../ops/index.js';
import type { CodesForm, StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import type { Statistics } from '../statistics.js';

/** Pooling on codes. */
export function runPool(memory: BatchMemory, { node: index, input }: StepOf<'pool'>): Statistics {
  const { network, store } = memory;
  const node = network.node(index);
  const lowering =
    opOf(node).lowerCodes?.(node, network.shapesOf(index), input.grid.bits) ??
    fail('internal', describe(node), 'a pooling operator does not run on codes.');
  const output: CodesForm = { value: network.output(index), grid: input.grid };
  return memory.withLowering(lowering, (run) =>
    memory.forEachImage((image) => {
      const from = memory.key(image, input);
      store.get(from);
      const at = store.alloc(memory.key(image, output), memory.bytes(output), [from]);
      run([store.get(from)], [at]);
    }),
  );
}
