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
  return [...new Set(analysis.graph.outputs.flatMap((id) => sourcesOf(analysis, id, isCompared)))];
}

/** {@link outputValues} of one output. */
export function sourcesOf(analysis: AnalysedGraph, id: ValueId, isCompared: (id: ValueId) => boolean): ValueId[] {
  const writer = analysis.node(analysis.writerOf(id));
  if (isCompared(id) && !READOUT.has(writer.op)) return [id];
  return writer.inputs.flatMap((input) => sourcesOf(analysis, input, isCompared));
}
