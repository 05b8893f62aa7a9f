import { analyse } from '../analysis/analysed-graph.js';
import { CODES } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { elements } from '../tensor.js';
import type { CalibrationPlan } from './plan.js';
import { formKey, formsReleased, formsWritten, type StoredForm } from './step.js';

/** Bytes of the stored forms of so many images where a plan keeps most of them, in all threads. */
export function largestActivations(
  graph: Graph,
  { stages }: CalibrationPlan,
  { images, threads }: { readonly images: number; readonly threads: number },
): number {
  const network = analyse(graph);
  const bytesOf = ({ value, grid }: StoredForm): number =>
    elements(network.value(value).shape) * (grid === null ? 4 : CODES[grid.bits].bytes);
  const stored = new Map<string, number>();
  let [bytes, largest] = [0, 0];
  for (const step of stages.flatMap(({ steps }) => steps)) {
    const before = bytes;
    for (const form of formsWritten(step, network)) {
      const key = formKey(form);
      bytes += bytesOf(form) - (stored.get(key) ?? 0);
      stored.set(key, bytesOf(form));
    }
    const isByImage = step.do === 'round' && step.releases === true;
    // An image at a time, in each thread, has the form that is released beside the one that is written.
    largest = Math.max(largest, isByImage ? images * before + threads * (bytes - before) : images * bytes);
    for (const form of formsReleased(step)) {
      bytes -= stored.get(formKey(form)) ?? 0;
      stored.delete(formKey(form));
    }
  }
  return largest;
}
