import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { measuredForms, type PlannedThreshold, type Stage } from './plan.js';
import { formKey, formsRead, formsWritten, type Step, type StoredForm } from './step.js';

/** Releases each stored form directly after the last step that writes or reads it, or after the last search in it. */
export function releaseForms(
  stages: readonly Stage[],
  thresholds: readonly PlannedThreshold[],
  network: AnalysedGraph,
): Stage[] {
  const uses = stages.map(({ search, steps }) => [
    search.flatMap((id) => measuredForms(thresholds[id])),
    ...steps.map((step) => [...formsRead(step), ...formsWritten(step, network)]),
  ]);
  const released = lastOfEach(uses);
  return stages.map((stage, index) => {
    const [bySearch = [], ...bySteps] = (released[index] ?? []).map(free);
    return { ...stage, steps: [...bySearch, ...stage.steps.flatMap((step, i) => [step, ...(bySteps[i] ?? [])])] };
  });
}

function free(forms: readonly StoredForm[]): Step[] {
  return forms.length === 0 ? [] : [{ do: 'free', forms }];
}

/** Of lists of uses, stage by stage, the forms of each list that no later list has. */
function lastOfEach(uses: readonly (readonly (readonly StoredForm[])[])[]): StoredForm[][][] {
  const later = new Set<string>();
  const isLast = (form: StoredForm): boolean => {
    const key = formKey(form);
    return !later.has(key) && later.add(key).has(key);
  };
  const backwards = [...uses].reverse().map((stage) => [...stage].reverse().map((forms) => forms.filter(isLast)));
  return backwards.reverse().map((stage) => stage.reverse());
}
