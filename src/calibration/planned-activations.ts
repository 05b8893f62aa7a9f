import { analyse } from '../analysis/analysed-graph.js';
import { CODES } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { elements } from '../tensor.js';
import type { CalibrationPlan } from './plan.js';
import { formKey, formsWritten, type StoredForm } from './step.js';

/** Bytes of the stored forms of one image where a plan keeps most of them. */
export function largestActivations(graph: Graph, { stages }: CalibrationPlan): number {
  const network = analyse(graph);
  const bytesOf = ({ value, grid }: StoredForm): number =>
    elements(network.value(value).shape) * (grid === null ? 4 : CODES[grid.bits].bytes);
  const stored = new Map<string, number>();
  let [bytes, largest] = [0, 0];
  for (const step of stages.flatMap(({ steps }) => steps)) {
    for (const form of formsWritten(step, network)) {
      const key = formKey(form);
      bytes += bytesOf(form) - (stored.get(key) ?? 0);
      stored.set(key, bytesOf(form));
    }
    largest = Math.max(largest, bytes);
    for (const form of step.do === 'free' ? step.forms : []) {
      bytes -= stored.get(formKey(form)) ?? 0;
      stored.delete(formKey(form));
    }
  }
  return largest;
}
