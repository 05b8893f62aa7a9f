import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { ValueId } from '../graph/graph.js';
import { elements } from '../tensor.js';

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

/** The scores that an output's classes are ranked by: what a final softmax reads, where it has an element for each class. */
export function scoresBehind(analysis: AnalysedGraph, output: ValueId): ValueId {
  const [scores = output, ...others] = sourcesOf(analysis, output, movesNothing(analysis));
  const sizeOf = (id: ValueId): number => elements(analysis.value(id).shape);
  return others.length === 0 && sizeOf(scores) === sizeOf(output) ? scores : output;
}

/** Whether a value is more than another one in another shape. */
export function movesNothing(analysis: AnalysedGraph): (id: ValueId) => boolean {
  return (id) => analysis.rule(analysis.writerOf(id)).kind !== 'shape';
}

function sourcesOf(analysis: AnalysedGraph, id: ValueId, isCompared: (id: ValueId) => boolean): ValueId[] {
  const writer = analysis.node(analysis.writerOf(id));
  if (isCompared(id) && !READOUT.has(writer.op)) return [id];
  return writer.inputs.flatMap((input) => sourcesOf(analysis, input, isCompared));
}
