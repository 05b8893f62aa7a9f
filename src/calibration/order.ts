import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { measuredForms, type PlannedThreshold, type Stage } from './plan.js';
import { formKey, formsRead, formsWritten, type Step, type ThresholdId, thresholdsUsed } from './step.js';

/** Steps in network order, and the thresholds that are needed. */
export interface Unordered {
  readonly steps: readonly Step[];
  readonly thresholds: readonly PlannedThreshold[];
  readonly used: ReadonlySet<ThresholdId>;
}

/**
 * Puts steps into stages. A threshold is known from the stage after the one that writes the last form it is measured
 * on.
 *
 * Weighted layers, Poolings and roundings move to the first stage that has all they need, so that the branches of an
 * inception are computed together, level by level. They do not move past a layer of another kind, which bounds how many
 * values are stored at a time. A rounding may where it is the last reader of a raw form, since codes take less memory.
 */
export function orderInStages(unordered: Unordered, network: AnalysedGraph): Stage[] {
  const timetable = new Timetable(unordered, network);
  for (const step of unordered.steps) timetable.place(step);
  const searches = timetable.searches();
  const count = Math.max(0, ...timetable.stages.values(), ...searches.values()) + 1;
  const stages = Array.from({ length: count }, () => ({
    search: [] as ThresholdId[],
    early: [] as Step[],
    late: [] as Step[],
  }));
  for (const [id, stage] of searches) stages[stage]?.search.push(id);
  for (const [step, stage] of timetable.stages)
    stages[stage]?.[timetable.isEarly(step, stage) ? 'early' : 'late'].push(step);
  const begin = beginnings(network);
  return stages.map(({ search, early, late }, stage) => {
    const steps = [...early, ...late];
    return { search, steps, nodes: begin(steps, stage === count - 1) };
  });
}

/** The stages of steps and searches, filled in network order. */
class Timetable {
  readonly stages = new Map<Step, number>();
  /** By form: the stage that writes it, and the last stage with a step that reads or writes it. */
  private readonly written = new Map<string, number>();
  private readonly lastUse = new Map<string, number>();
  /** By form, its last reader: of all steps, and of those that do not round. */
  private readonly lastReader: ReadonlyMap<string, Step>;
  private readonly lastComputation: ReadonlyMap<string, Step>;
  /** The forms that needed thresholds are measured on. */
  private readonly measured: ReadonlySet<string>;
  private readonly knownFrom = new Map<ThresholdId, number>();
  /** The stage of the last step that does not move: no step moves past it. */
  private floor = 0;
  /** The stage that the walk has come to. */
  private present = 0;

  constructor(
    private readonly plan: Unordered,
    private readonly network: AnalysedGraph,
  ) {
    this.lastReader = lastReaders(plan.steps);
    this.lastComputation = lastReaders(plan.steps.filter((step) => step.do !== 'round'));
    const needed = plan.thresholds.filter((_, id) => plan.used.has(id));
    this.measured = new Set(needed.flatMap(measuredForms).map(formKey));
  }

  /** Puts the next step, in network order, into a stage. */
  place(step: Step): void {
    const isMovable = step.do === 'weighted' || step.do === 'pool' || step.do === 'round';
    const isLastReader = step.do === 'round' && this.lastReader.get(formKey(step.from)) === step;
    const earliest = isLastReader ? 0 : isMovable ? this.floor : this.present;
    const stage = Math.max(earliest, ...this.requirements(step));
    this.stages.set(step, stage);
    this.present = Math.max(this.present, stage);
    if (!isMovable) this.floor = stage;
    const written = formsWritten(step, this.network).map(formKey);
    for (const key of written) this.written.set(key, stage);
    for (const key of [...formsRead(step).map(formKey), ...written]) this.use(key, step, stage);
  }

  /**
   * By threshold, the stage before which it is searched: when a step needs it, but no later than the last stage that
   * uses the forms it is measured on.
   */
  searches(): Map<ThresholdId, number> {
    const { thresholds, used } = this.plan;
    const wanted = this.firstUses();
    const searches = new Map<ThresholdId, number>();
    for (const [id, threshold] of thresholds.entries()) {
      if (threshold.from !== 'measured' || !used.has(id)) continue;
      const lastUses = threshold.forms.map((form) => this.lastUse.get(formKey(form)) ?? 0);
      searches.set(id, Math.min(wanted.get(id) ?? Infinity, Math.max(this.known(id), ...lastUses)));
    }
    return searches;
  }

  /**
   * Whether a step comes first in its stage: inputs, and roundings that release a raw form before others are written.
   */
  isEarly(step: Step, stage: number): boolean {
    return step.do === 'input' || (step.do === 'round' && (this.written.get(formKey(step.from)) ?? stage) < stage);
  }

  private use(key: string, step: Step, stage: number): void {
    this.lastUse.set(key, Math.max(stage, this.lastUse.get(key) ?? 0));
    const isComputedOn = step.do === 'round' || (this.lastComputation.get(key) ?? step) !== step;
    // From here on the form is only rounded or measured, and holds memory: its search comes before further layers.
    if (!isComputedOn && this.measured.has(key))
      this.present = Math.max(this.present, (this.written.get(key) ?? 0) + 1);
  }

  /** The first stages in which a step has each of its forms and thresholds. */
  private requirements(step: Step): number[] {
    return [
      ...formsRead(step).map((form) => this.written.get(formKey(form)) ?? 0),
      ...thresholdsUsed(step).map((id) => this.known(id)),
    ];
  }

  /**
   * The first stage in which a threshold can be known. Those of weights are found while the first stage reads images.
   */
  private known(id: ThresholdId): number {
    const stage = this.knownFrom.get(id) ?? this.firstKnown(this.plan.thresholds[id]);
    this.knownFrom.set(id, stage);
    return stage;
  }

  private firstKnown(threshold: PlannedThreshold | undefined): number {
    switch (threshold?.from) {
      case 'measured':
        return 1 + Math.max(0, ...threshold.forms.map((form) => this.written.get(formKey(form)) ?? 0));
      case 'largest':
        return Math.max(0, ...threshold.of.map((operand) => this.known(operand)));
      case 'weights':
        return 1;
      case 'layer':
        return Math.max(this.known(threshold.output), this.known(threshold.weights));
      default:
        return 0;
    }
  }

  /** By threshold, the first stage with a step that needs it. */
  private firstUses(): Map<ThresholdId, number> {
    const first = new Map<ThresholdId, number>();
    const use = (id: ThresholdId, stage: number): unknown => first.set(id, Math.min(stage, first.get(id) ?? stage));
    for (const [step, stage] of this.stages) for (const id of thresholdsUsed(step)) use(id, stage);
    // The largest of thresholds comes after these in the list.
    for (const [id, threshold] of [...this.plan.thresholds.entries()].reverse()) {
      const stage = first.get(id);
      if (threshold.from === 'largest' && stage !== undefined) for (const operand of threshold.of) use(operand, stage);
    }
    return first;
  }
}

/** By form, the last step that reads it. */
function lastReaders(steps: readonly Step[]): Map<string, Step> {
  return new Map(steps.flatMap((step) => formsRead(step).map((form) => [formKey(form), step] as const)));
}

/** For one stage after the other, the layers that begin in it. Layers without a step begin in the last one. */
function beginnings(network: AnalysedGraph): (steps: readonly Step[], isLast: boolean) => number[] {
  const waiting = new Set(network.graph.nodes.keys());
  const layersOf = (step: Step): number[] => {
    if (step.do === 'round' || step.do === 'free') return [];
    return step.do === 'weighted' && step.fused !== null ? [step.node, step.fused] : [step.node];
  };
  return (steps, isLast) =>
    [...steps.flatMap(layersOf), ...(isLast ? waiting : [])].filter((node) => waiting.delete(node));
}
