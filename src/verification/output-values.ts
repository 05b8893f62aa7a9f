import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { ValueId } from '../graph/graph.js';

/** Operators whose result has no dB of use: probabilities, indices and boxes. What they read is measured instead. */
const READOUT: ReadonlySet<string> = new Set([
  'softmax',
  'log-softmax',
  'sigmoid',
  'argmax',
  'top-k',
  'detection-output',
]);

/**
 * The compared values at the network's outputs, before a softmax and what else turns scores into a decision. `isCompared`:
 * whether a value is compared with float; what is not is followed to what it is made of.
 */
export function outputValues(analysis: AnalysedGraph, isCompared: (id: ValueId) => boolean): ValueId[] {
  const sources = (id: ValueId): ValueId[] => {
    const writer = analysis.node(analysis.writerOf(id));
    return isCompared(id) && !READOUT.has(writer.op) ? [id] : writer.inputs.flatMap(sources);
  };
  return [...new Set(analysis.graph.outputs.flatMap(sources))];
}
