import { type PlanDescription, planText } from '../calibration/dump.js';

/** The plan of a calibration as text: the walk, then each layer. */
export function inspectedPlanText(plan: PlanDescription & { readonly name: string; readonly walk: string }): string {
  return `The ${plan.walk} walk of "${plan.name}": ${planText(plan)}`;
}
