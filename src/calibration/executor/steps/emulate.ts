import { weightRows } from '../../../analysis/weights.js';
import { fail } from '../../../error.js';
import { describe } from '../../../graph/graph.js';
import { overlayEpilogue } from '../../../kernels/overlay-epilogue.js';
import { opOf } from '../../../ops/index.js';
import { overlayWeights } from '../../../overlay/overlay-weights.js';
import { type CodesForm, formsWritten, type StepOf } from '../../step.js';
import type { BatchMemory } from '../batch-memory.js';
import type { Statistics } from '../statistics.js';
import { finished, outputShape } from './weighted.js';

/** Codes to codes as the overlay computes them. */
export function runEmulate(memory: BatchMemory, step: StepOf<'emulate'>): Statistics {
  const { network, store } = memory;
  const node = network.node(step.node);
  const { thresholds, end } = memory.overlayLayer(step.layer);
  const bits = step.input.grid.bits;
  const codes = overlayWeights(
    weightRows(node),
    thresholds.map((threshold) => ({ threshold, bits })),
  );
  const accumulation =
    opOf(node).accumulate?.(node, network.shapesOf(step.node), codes, { input: bits, params: bits }) ??
    fail('internal', describe(node), 'a weighted operator has no accumulation.');
  const epilogue = overlayEpilogue(outputShape(memory, step.node, thresholds.length), end);
  const output = formsWritten(step, network)[0] as CodesForm;
  return memory.withLowering(finished(accumulation, epilogue), (run) =>
    memory.forEachImage((image) => {
      const input = memory.key(image, step.input);
      store.get(input);
      const at = store.alloc(memory.key(image, output), memory.bytes(output), [input]);
      run([store.get(input)], [at]);
    }),
  );
}
