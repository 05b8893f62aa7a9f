import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import type { PlannedThreshold, Stage } from './plan.js';
import { formKey, formsRead, formsWritten, type Step, type ThresholdId, thresholdsUsed } from './step.js';

/** Steps in network order, and the thresholds that are needed. */
export interface Unordered {
  readonly steps: readonly Step[];
  readonly thresholds: readonly PlannedThreshold[];
  readonly used: ReadonlySet<ThresholdId>;
}

/**
 * Puts steps into stages. A threshold is known from the stage after the one that writes the last form it is measured on. Weighted layers,
 * Poolings and roundings move to the first stage that has all they need, so that the branches of an inception are computed
 * together, level by level. They do not move past a layer of another kind, which bounds how many values are stored at a
 * time. The rounding that reads a raw form last may: codes take less memory.
 */
export function orderInStages(unordered: Unordered, network: AnalysedGraph): Stage[] {
  const timetable = new Timetable(unordered, network);
  const searches = timetable.searches();
  const count = Math.max(0, ...timetable.stages.values(), ...searches.values()) + 1;
  const stages = Array.from({ length: count }, () => ({
    search: [] as ThresholdId[],
    early: [] as Step[],
    steps: [] as Step[],
  }));
  for (const [id, stage] of searches) stages[stage]?.search.push(id);
  for (const [step, stage] of timetable.stages) {
    // Raw forms that are only rounded are released before other steps write.
    const isEarly = step.do === 'input' || timetable.roundsEarlierForm(step, stage);
    stages[stage]?.[isEarly ? 'early' : 'steps'].push(step);
  }
  const begun = beginnings(network);
  return stages.map(({ search, early, steps }, stage) => {
    const all = [...early, ...steps];
    return { search, steps: all, nodes: begun(all, stage === count - 1) };
  });
}

/** For one stage after the other, the layers that begin in it. A layer without steps begins in the last one. */
function beginnings(network: AnalysedGraph): (steps: readonly Step[], isLast: boolean) => number[] {
  const waiting = new Set(network.graph.nodes.keys());
  const computed = (step: Step): number[] =>
    step.do === 'weighted' && step.fused !== null ? [step.node, step.fused] : 'node' in step ? [step.node] : [];
  return (steps, isLast) => {
    const nodes = steps.flatMap((step) => (step.do === 'round' ? [] : computed(step)));
    return [...nodes, ...(isLast ? waiting : [])].filter((node) => waiting.delete(node));
  };
}

/** The stage of each step, and of each search. */
class Timetable {
  readonly stages = new Map<Step, number>();
  /** By form: the stage that writes it, and the last one with a step that reads or writes it. */
  private readonly written = new Map<string, number>();
  private readonly lastUse = new Map<string, number>();

  constructor(
    private readonly plan: Unordered,
    network: AnalysedGraph,
  ) {
    const lastReader = new Map(plan.steps.flatMap((step) => formsRead(step).map((form) => [formKey(form), step])));
    const computations = plan.steps.filter((step) => step.do !== 'round');
    const lastComputation = new Map(
      computations.flatMap((step) => formsRead(step).map((form) => [formKey(form), step])),
    );
    const measured = this.measuredForms();
    /** No step but a last rounding is put into a stage before `floor`. */
    let floor = 0;
    /** The stage in which a step begins that does not move. */
    let present = 0;
    for (const step of plan.steps) {
      const isLastRounding = step.do === 'round' && lastReader.get(formKey(step.from)) === step;
      const earliest = isMovable(step) ? (isLastRounding ? 0 : floor) : present;
      const stage = Math.max(earliest, ...this.requirements(step));
      this.stages.set(step, stage);
      present = Math.max(present, stage);
      if (!isMovable(step)) floor = stage;
      const written = formsWritten(step, network);
      for (const form of written) this.written.set(formKey(form), stage);
      for (const key of [...formsRead(step), ...written].map(formKey)) {
        this.lastUse.set(key, Math.max(stage, this.lastUse.get(key) ?? 0));
        // A form that is only to be rounded or measured yet holds memory: its search comes before further layers.
        const isComputed = step.do !== 'round' && (lastComputation.get(key) ?? step) === step;
        if (isComputed && measured.has(key)) present = Math.max(present, (this.written.get(key) ?? 0) + 1);
      }
    }
  }

  /** The forms that needed thresholds are measured on. */
  private measuredForms(): Set<string> {
    const { thresholds, used } = this.plan;
    const needed = thresholds.filter((_, id) => used.has(id));
    return new Set(needed.flatMap((threshold) => (threshold.from === 'measured' ? threshold.forms.map(formKey) : [])));
  }

  /** The stages before which each threshold that must be measured is searched: as late as its forms live anyway, and together. */
  searches(): Map<ThresholdId, number> {
    const { steps, thresholds, used } = this.plan;
    const wanted = new Map<ThresholdId, number>();
    const want = (id: ThresholdId, stage: number): void => {
      const threshold = thresholds[id];
      if (threshold?.from === 'largest') threshold.of.forEach((operand) => want(operand, stage));
      wanted.set(id, Math.min(stage, wanted.get(id) ?? stage));
    };
    for (const step of steps) for (const id of thresholdsUsed(step)) want(id, this.stages.get(step) ?? 0);
    const searches = new Map<ThresholdId, number>();
    thresholds.forEach((threshold, id) => {
      if (threshold.from !== 'measured' || !used.has(id)) return;
      const forms = threshold.forms.map((form) => this.lastUse.get(formKey(form)) ?? 0);
      searches.set(id, Math.min(wanted.get(id) ?? Infinity, Math.max(this.ready(id), ...forms)));
    });
    return searches;
  }

  roundsEarlierForm(step: Step, stage: number): boolean {
    return step.do === 'round' && (this.written.get(formKey(step.from)) ?? stage) < stage;
  }

  /** The first stages in which each form and threshold of a step is there. */
  private requirements(step: Step): number[] {
    return [
      ...formsRead(step).map((form) => this.written.get(formKey(form)) ?? 0),
      ...thresholdsUsed(step).map((id) => this.ready(id)),
    ];
  }

  /** The first stage before which a threshold can be known. Those of weights are found while the first stage reads images. */
  private ready(id: ThresholdId): number {
    const threshold = this.plan.thresholds[id];
    switch (threshold?.from) {
      case 'measured':
        return 1 + Math.max(0, ...threshold.forms.map((form) => this.written.get(formKey(form)) ?? 0));
      case 'largest':
        return Math.max(0, ...threshold.of.map((operand) => this.ready(operand)));
      case 'weights':
        return 1;
      default:
        return 0;
    }
  }
}

function isMovable(step: Step): boolean {
  return step.do === 'weighted' || step.do === 'pool' || step.do === 'round';
}
