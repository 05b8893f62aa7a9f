import type { Graph } from '../graph/graph.js';
import type { CalibrationPlan, PlanOptions } from './plan.js';
import { planProgressive } from './plan-progressive.js';
import { planReference } from './plan-reference.js';

/** The walks over a network, each with the function that plans it. The progressive walk takes an optimised graph. */
export const planners = {
  progressive: planProgressive,
  reference: planReference,
} as const satisfies Readonly<Record<string, (graph: Graph, options: PlanOptions) => CalibrationPlan>>;

/** The name of a walk. */
export type Walk = keyof typeof planners;
