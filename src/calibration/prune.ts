import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { measuredForms, type PlannedEntry, type PlannedThreshold } from './plan.js';
import {
  formKey,
  formsRead,
  formsWritten,
  type Step,
  type StoredForm,
  type ThresholdId,
  thresholdsUsed,
} from './step.js';

/** The steps, thresholds and entries of a walk, in network order. */
interface Planned {
  readonly steps: readonly Step[];
  readonly thresholds: readonly PlannedThreshold[];
  readonly entries: readonly PlannedEntry[];
}

/**
 * Drops the steps that only store another form of a value (`round`, `move`, a raw Concat) where nothing reads that
 * form. Every other step stays: each layer is computed and checked for values that are not finite. `used`: the
 * thresholds that a step or an entry needs.
 */
export function dropUnread(
  { steps, thresholds, entries }: Planned,
  network: AnalysedGraph,
): { steps: Step[]; used: ReadonlySet<ThresholdId> } {
  const read = new Set<string>();
  const used = new Set<ThresholdId>();
  const readForm = (form: StoredForm): unknown => read.add(formKey(form));
  const use = (id: ThresholdId): void => {
    const threshold = thresholds[id];
    if (used.has(id)) return;
    used.add(id);
    measuredForms(threshold).forEach(readForm);
    if (threshold?.from === 'largest') threshold.of.forEach(use);
    if (threshold?.from === 'layer') [threshold.output, threshold.weights].forEach(use);
    if (threshold?.from === 'measured') for (const layer of threshold.layers ?? []) if (layer !== null) use(layer);
  };
  for (const { th_layer_in, th_layer_out, th_params } of entries)
    [th_layer_in, th_layer_out, ...(th_params === null ? [] : [th_params])].forEach(use);
  const kept: Step[] = [];
  const concatenated = new Set<number>();
  /** Whether a step computes nothing that its layer does not compute in another step. */
  const isOptional = (step: Step): boolean =>
    step.do === 'round' || step.do === 'move' || (step.do === 'float' && concatenated.has(step.node));
  // Readers come after writers: backwards, all readers of a step are known when the step is met.
  for (const step of [...steps].reverse()) {
    if (isOptional(step) && !formsWritten(step, network).some((form) => read.has(formKey(form)))) continue;
    if (step.do === 'concat') concatenated.add(step.node);
    formsRead(step).forEach(readForm);
    thresholdsUsed(step).forEach(use);
    kept.push(step);
  }
  return { steps: kept.reverse(), used };
}
