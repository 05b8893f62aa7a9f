import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { PlannedThreshold, Stage } from './plan.js';
import { formKey, formsRead, formsWritten, type Step, type StoredForm } from './step.js';

/** Releases each form directly after the last step that writes or reads it, or after the last search in it. */
export function releaseForms(
  stages: readonly Stage[],
  thresholds: readonly PlannedThreshold[],
  network: AnalysedGraph,
): Stage[] {
  const uses = stages.map(({ search, steps }) => [
    search.flatMap((id) => measuredForms(thresholds[id])),
    ...steps.map((step) => [...formsRead(step), ...formsWritten(step, network)]),
  ]);
  const dying = lastOfEach(uses);
  return stages.map(({ search, steps, nodes }, stage) => {
    const freeAfter = (use: number): Step[] => {
      const forms = dying[stage]?.[use] ?? [];
      return forms.length === 0 ? [] : [{ do: 'free', forms }];
    };
    return { search, steps: [...freeAfter(0), ...steps.flatMap((step, i) => [step, ...freeAfter(i + 1)])], nodes };
  });
}

function measuredForms(threshold: PlannedThreshold | undefined): readonly StoredForm[] {
  return threshold?.from === 'measured' ? threshold.forms : [];
}

/** Of lists of uses, stage by stage, those forms of each list that no later list has. */
function lastOfEach(uses: readonly (readonly (readonly StoredForm[])[])[]): StoredForm[][][] {
  const later = new Set<string>();
  const result = [...uses]
    .reverse()
    .map((stage) =>
      [...stage]
        .reverse()
        .map((forms) => forms.filter((form) => !later.has(formKey(form)) && later.add(formKey(form)))),
    );
  return result.reverse().map((stage) => stage.reverse());
}
