import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { BitWidth } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';
import { releaseForms } from './lifetimes.js';
import { orderInStages } from './order.js';
import type { CalibrationPlan, PlannedEntry, PlannedThreshold, PlanOptions, WeightedOutput } from './plan.js';
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

  /**
   * The threshold of a raw value: the trained one, or one to be measured. `node`: the layer it is measured for.
   * `source`: the weighted layer whose output the value is.
   */
  thresholdOf(value: ValueId, bits: BitWidth, node: number, source: WeightedOutput | null = null): ThresholdId {
    const threshold = this.trained.get(value);
    return threshold === undefined
      ? this.measured([{ value, grid: null }], bits, node, [source])
      : this.add({ from: 'trained', threshold, bits, node });
  }

  /** One threshold for several forms taken together. `sources`: for each form the weighted layer whose output it is. */
  measured(
    forms: readonly StoredForm[],
    bits: BitWidth,
    node: number,
    sources: readonly (WeightedOutput | null)[],
  ): ThresholdId {
    const threshold = { from: 'measured', forms, bits, node } as const;
    const statistics = this.options.channels?.statistics[bits] ?? null;
    if (statistics === null) return this.add(threshold);
    return this.add({ ...threshold, channels: { statistics, biased: sources.map((source) => this.biased(source)) } });
  }

  /** The layer of an output where the overlay adds its bias to the code; a layer without an entry runs on the host. */
  private biased(source: WeightedOutput | null): WeightedOutput | null {
    if (source === null || this.options.channels?.biasOnCode !== true) return null;
    const { form } = this.network.ruleOf(source.layer, 'weighted');
    const hasEntry = form !== 'InnerProduct' || this.options.includeInnerProduct === true;
    return hasEntry && this.network.node(source.layer).params[1] !== undefined ? source : null;
  }

  largest(of: readonly ThresholdId[]): ThresholdId {
    return this.add({ from: 'largest', of: [...new Set(of)] });
  }

  weights(node: number, bits: BitWidth): ThresholdId {
    return this.add({ from: 'weights', node, bits });
  }

  /**
   * The plan: what nothing reads is dropped, the rest is put into stages, and each form is released after its last
   * reader.
   */
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
