import type { AnalysedGraph } from '../../analysis/analysed-graph.js';
import type { ValueId } from '../../graph/graph.js';
import { elements } from '../../tensor.js';

/** Operators whose result saturates, or is no number to be close to: what goes into them is measured. */
const SATURATING: ReadonlySet<string> = new Set(['softmax', 'log-softmax', 'sigmoid', 'argmax']);

/** The values that an output's noise is measured at: for each output itself, or what a final Softmax, Sigmoid or ArgMax reads. */
export function measuredOutputs(analysis: AnalysedGraph): ValueId[] {
  return [...new Set(analysis.graph.outputs.map((id) => beforeSaturation(analysis, id)))];
}

/** The scores that an output's classes are ranked by: what a final Softmax reads, where it has an element for each class. */
export function scoresBehind(analysis: AnalysedGraph, output: ValueId): ValueId {
  const scores = beforeSaturation(analysis, output);
  return elements(analysis.value(scores).shape) === elements(analysis.value(output).shape) ? scores : output;
}

/** The value before the first saturating layer that is found on the way back through layers that move values only. */
function beforeSaturation(analysis: AnalysedGraph, output: ValueId): ValueId {
  for (let id = output; ; ) {
    const writer = analysis.writerOf(id);
    const [input, ...others] = analysis.node(writer).inputs;
    if (input === undefined || others.length > 0) return output;
    if (SATURATING.has(analysis.node(writer).op)) return input;
    if (analysis.rule(writer).kind !== 'shape') return output;
    id = input;
  }
}
