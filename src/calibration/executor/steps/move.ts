import { opOf } from '../../../ops/index.js';
import type { StepOf, StoredForm } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import { merge, nothing, type Statistics } from '../statistics.js';

/** A shape-only layer on stored elements as they are: raw to raw, or codes to codes. */
export function runMove(memory: BatchMemory, { node: index, inputs }: StepOf<'move'>): Statistics {
  const { network, store } = memory;
  const node = network.node(index);
  const { layout } = network.shapesOf(index);
  const [{ grid }] = inputs;
  const outputs: StoredForm[] = node.outputs.map((value) => (grid === null ? { value, grid } : { value, grid }));
  return memory.forEachImage((image) => {
    const pinned = [...inputs, ...outputs].map((form) => memory.key(image, form));
    const from = inputs.map((form) => ({ form, at: store.get(memory.key(image, form), pinned) }));
    const to = outputs.map((form) => ({ form, at: store.alloc(memory.key(image, form), memory.bytes(form), pinned) }));
    opOf(node).reference(
      node,
      from.map(({ form, at }) => memory.tensor(form, at)),
      to.map(({ form, at }) => memory.tensor(form, at)),
      layout,
    );
    if (grid !== null) return nothing;
    return to.map(({ form, at }) => memory.measure(image, at, memory.size(form.value))).reduce(merge, nothing);
  });
}
