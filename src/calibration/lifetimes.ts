import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { measuredForms, type PlannedThreshold, type Stage } from './plan.js';
import { formKey, formsRead, formsWritten, type Step, type StoredForm } from './step.js';

/**
 * Releases each stored form directly after the last step that writes or reads it, or after the last search in it. A rounding
 * releases what it reads last by itself, image after image.
 */
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
    const [bySearch = [], ...bySteps] = released[index] ?? [];
    return {
      ...stage,
      steps: [...free(bySearch), ...stage.steps.flatMap((step, i) => releasing(step, bySteps[i] ?? []))],
    };
  });
}

/** A step with the release of the forms that it is the last to use. */
function releasing(step: Step, last: readonly StoredForm[]): Step[] {
  if (step.do !== 'round' || !last.includes(step.from)) return [step, ...free(last)];
  return [{ ...step, releases: true }, ...free(last.filter((form) => form !== step.from))];
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
