import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { BitWidth } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';
import { releaseForms } from './lifetimes.js';
import { orderInStages } from './order.js';
import type { CalibrationPlan, PlannedEntry, PlannedThreshold, PlanOptions } from './plan.js';
import { dropUnread } from './prune.js';
import type { Step, StoredForm, ThresholdId } from './step.js';
import { trainedThresholds } from './trained-thresholds.js';

/** Collects the steps, thresholds and entries of a walk in network order. */
export class PlanBuilder {
  private readonly thresholds: PlannedThreshold[] = [];
  private readonly steps: Step[] = [];
  private readonly trained: ReturnType<typeof trainedThresholds>;

  constructor(
    readonly network: AnalysedGraph,
    readonly options: PlanOptions,
  ) {
    this.trained = trainedThresholds(network);
  }

  step(step: Step): void {
    this.steps.push(step);
  }

  /** The threshold of a raw value: the trained one, or one to be measured. `node`: the layer it is measured for. */
  thresholdOf(value: ValueId, bits: BitWidth, node: number): ThresholdId {
    const threshold = this.trained.get(value);
    return threshold === undefined
      ? this.measured([{ value, grid: null }], bits, node)
      : this.add({ from: 'trained', threshold, bits, node });
  }

  /** One threshold for several forms taken together. */
  measured(forms: readonly StoredForm[], bits: BitWidth, node: number): ThresholdId {
    return this.add({ from: 'measured', forms, bits, node });
  }

  largest(of: readonly ThresholdId[]): ThresholdId {
    return this.add({ from: 'largest', of: [...new Set(of)] });
  }

  weights(node: number): ThresholdId {
    return this.add({ from: 'weights', node, bits: this.options.widths.params });
  }

  /** The plan: what nothing reads is dropped, the rest is put into stages, and each form is released after its last reader. */
  build(entries: readonly PlannedEntry[], finiteParams: readonly number[]): CalibrationPlan {
    const { network, thresholds } = this;
    const { steps, used } = dropUnread({ steps: this.steps, thresholds, entries }, network);
    return {
      thresholds,
      stages: releaseForms(orderInStages({ steps, thresholds, used }, network), thresholds, network),
      entries,
      powerOfTwo: this.options.powerOfTwo === true,
      finiteParams,
    };
  }

  private add(threshold: PlannedThreshold): ThresholdId {
    return this.thresholds.push(threshold) - 1;
  }
}
