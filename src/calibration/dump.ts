import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import type { CalibrationPlan, PlannedEntry, PlannedThreshold } from './plan.js';
import { type Step, type StepOf, type StoredForm, type ThresholdId, thresholdsUsed } from './step.js';

/** A plan in sentences: for the whole network, and for each layer in network order. */
export interface PlanDescription {
  readonly summary: readonly string[];
  readonly layers: readonly { readonly name: string; readonly type: string; readonly facts: readonly string[] }[];
}

/**
 * A plan for people: for each layer in network order what it computes on, which thresholds are measured there, and which
 * thresholds its entry takes. Thresholds are numbered T1, T2, ... in network order.
 */
export function describePlan(graph: Graph, plan: CalibrationPlan): PlanDescription {
  return new PlanText(analyse(graph), plan).description();
}

/** A described plan as text that ends in a line feed. */
export function planText({ summary, layers }: PlanDescription): string {
  const blocks = layers.flatMap(({ name, type, facts }) => [
    '',
    `${name} (${type})`,
    ...facts.map((fact) => `  ${fact}`),
  ]);
  return `${[...summary, ...blocks].join('\n')}\n`;
}

class PlanText {
  /** By layer. */
  private readonly steps = new Map<number, Step[]>();
  /** The layer that an activation is computed with, by activation. */
  private readonly fused = new Map<number, number>();
  private readonly numbers: ReadonlyMap<ThresholdId, string>;

  constructor(
    private readonly network: AnalysedGraph,
    private readonly plan: CalibrationPlan,
  ) {
    for (const step of plan.stages.flatMap((stage) => stage.steps)) {
      if (step.do === 'free') continue;
      this.steps.set(step.node, [...(this.steps.get(step.node) ?? []), step]);
      if (step.do === 'weighted' && step.fused !== null) this.fused.set(step.fused, step.node);
    }
    this.numbers = new Map(scalarThresholds(plan).map((id, i) => [id, `T${i + 1}`]));
  }

  description(): PlanDescription {
    const { stages, entries, powerOfTwo } = this.plan;
    const searches = stages.map(({ search }) => search.length).filter((count) => count > 0);
    const measured = searches.reduce((sum, count) => sum + count, 0);
    const measures = counted(measured, 'threshold is', 'thresholds are');
    const rounds = counted(searches.length, 'search', 'searches');
    const summary = [
      `${measures} measured in ${rounds}, for ${counted(entries.length, 'layer', 'layers')} with an entry.`,
      ...(powerOfTwo ? ['Each threshold becomes the next one whose grid step is a power of two.'] : []),
    ];
    return { summary, layers: this.network.graph.nodes.map((_, index) => this.layer(index)) };
  }

  /** What happens at a layer, a line for each fact. */
  private layer(index: number): PlanDescription['layers'][number] {
    const { name, type } = this.network.node(index);
    const steps = this.steps.get(index) ?? [];
    const found = [...this.numbers.keys()].filter((id) => this.isFoundAt(id, index));
    const ofOwnOutput = found.filter((id) => this.isOfOutput(id, index));
    const facts = [
      ...found.filter((id) => !ofOwnOutput.includes(id)).map((id) => this.measurement(id, index)),
      ...this.computations(index, steps),
      ...ofOwnOutput.map((id) => this.measurement(id, index)),
      ...steps.flatMap((step) => (step.do === 'round' ? [this.rounding(step)] : [])),
      ...steps.flatMap((step) => (step.do === 'emulate' ? [this.emulation(step)] : [])),
      ...this.plan.entries.filter((entry) => entry.name === name).map((entry) => this.entry(entry, index)),
    ];
    return { name, type, facts };
  }

  private computations(index: number, steps: readonly Step[]): string[] {
    const owner = this.fused.get(index);
    if (owner !== undefined) return [`is computed with ${this.name(owner)}`];
    const computing = steps.filter((step) => step.do !== 'round' && step.do !== 'emulate');
    return computing.length === 0
      ? ['is not computed: no threshold depends on it']
      : computing.map((step) => this.computation(step));
  }

  private computation(step: Step): string {
    switch (step.do) {
      case 'input':
        return 'reads the images';
      case 'weighted': {
        const channels = counted(this.network.ruleOf(step.node, 'weighted').channels, 'channel', 'channels');
        const weights = `weights of ${step.params.bits} bits, on a grid for each of ${channels}`;
        return `multiplies ${this.form(step.input)} with ${weights}`;
      }
      case 'float':
        return step.inputs.length === 0 ? 'is a constant' : `computes in float32 on ${this.forms(step.inputs)}`;
      case 'move':
        return `moves elements of ${this.form(step.inputs[0])}${this.passing(step.inputs[0])}`;
      case 'pool':
        return `pools ${this.form(step.input)}${this.passing(step.input)}`;
      case 'eltwise': {
        const operation =
          this.network.ruleOf(step.node, 'eltwise').operation === 'sum' ? 'adds' : 'takes the largest of';
        const threshold = this.number(step.grid.threshold);
        const rounded = `${this.forms(step.inputs)} to ${threshold}, the largest of their thresholds`;
        return `rounds ${rounded}, and ${operation} the codes`;
      }
      case 'concat':
        return `rounds each of them to ${this.number(step.grid.threshold)} and joins the codes`;
      case 'round':
      case 'emulate':
      case 'free':
        return fail('internal', 'plan', `expected a step that computes, got ${step.do}.`);
    }
  }

  private isFoundAt(id: ThresholdId, index: number): boolean {
    const threshold = this.plan.thresholds[id];
    return threshold !== undefined && 'node' in threshold && threshold.node === index;
  }

  /** Whether a threshold is measured on a layer's unrounded output, and on nothing else. */
  private isOfOutput(id: ThresholdId, index: number): boolean {
    const [form, ...others] = formsOf(this.plan.thresholds[id]);
    return others.length === 0 && form?.grid === null && this.network.node(index).outputs.includes(form.value);
  }

  /** How a layer's threshold is found, and the entries of other layers that take it as their `th_layer_out`. */
  private measurement(id: ThresholdId, index: number): string {
    const { name } = this.network.node(index);
    const takers = this.plan.entries.filter(
      (entry) => entry.th_layer_out === id && entry.th_layer_in !== id && entry.name !== name,
    );
    const taken = takers.length === 0 ? '' : `: th_layer_out of ${listed(takers.map((entry) => entry.name))}`;
    const forms = formsOf(this.plan.thresholds[id]);
    if (forms.length === 0) return `${this.number(id)} was fixed in training${taken}`;
    const where = this.isOfOutput(id, index) ? 'its unrounded output' : this.forms(forms);
    const together = forms.length > 1 ? ', taken together' : '';
    return `measures ${this.number(id)} on ${where}${together}${this.statistics(id)}${taken}`;
  }

  /** The statistics of channels that a threshold is found from, and the layers whose bias they depend on. */
  private statistics(id: ThresholdId): string {
    const threshold = this.plan.thresholds[id];
    if (threshold?.from !== 'measured' || threshold.channels === undefined) return '';
    const { statistics, biased } = threshold.channels;
    const layers = biased.flatMap((source) => (source === null ? [] : [this.name(source.layer)]));
    const biases = layers.length === 0 ? '' : ` and the bias of ${listed(layers)}`;
    const emulated = threshold.layers === undefined ? '' : ', then by its errors on the overlay';
    return statistics === 'extremes'
      ? `, by the extremes of each channel${biases}`
      : `, by a histogram of each channel${biases}${emulated}`;
  }

  private emulation({ grid }: StepOf<'emulate'>): string {
    return `becomes codes of ${grid.bits} bits on ${this.number(grid.threshold)} in the overlay's arithmetic`;
  }

  private rounding({ from, grid }: StepOf<'round'>): string {
    const source = from.grid === null ? 'its unrounded output' : `its codes on ${this.number(from.grid.threshold)}`;
    return `rounds ${source} to codes of ${grid.bits} bits on ${this.number(grid.threshold)}`;
  }

  private entry({ form, th_layer_in, th_layer_out }: PlannedEntry, index: number): string {
    const kind = form === 'AveragePooling' ? 'entry, where the overlay has one for average pooling' : 'entry';
    const threshold = this.plan.thresholds[th_layer_out];
    const source = threshold !== undefined && 'node' in threshold ? threshold.node : index;
    const isElsewhere = source !== index && this.fused.get(source) !== index && th_layer_in !== th_layer_out;
    const outOf = isElsewhere ? `, which ${this.name(source)} measures` : '';
    return `${kind}: th_layer_in ${this.number(th_layer_in)}, th_layer_out ${this.number(th_layer_out)}${outOf}`;
  }

  private passing({ grid }: StoredForm): string {
    return grid === null ? '' : `; ${this.number(grid.threshold)} passes through`;
  }

  private forms(forms: readonly StoredForm[]): string {
    return listed(forms.map((form) => this.form(form)));
  }

  private form({ value, grid }: StoredForm): string {
    const writer = this.name(this.network.writerOf(value));
    return grid === null ? `unrounded ${writer}` : `codes of ${writer} on ${this.number(grid.threshold)}`;
  }

  private number(id: ThresholdId): string {
    return this.numbers.get(id) ?? fail('internal', 'plan', `threshold ${id} is not used.`);
  }

  private name(index: number): string {
    return this.network.node(index).name;
  }
}

/** The thresholds that the plan uses, but those of weights, in the order in which the walk planned them. */
function scalarThresholds({ stages, thresholds, entries }: CalibrationPlan): ThresholdId[] {
  const used = new Set(stages.flatMap(({ search, steps }) => [...search, ...steps.flatMap(thresholdsUsed)]));
  for (const { th_layer_in, th_layer_out } of entries) used.add(th_layer_in).add(th_layer_out);
  const isScalar = (id: ThresholdId): boolean => !['weights', 'layer'].includes(thresholds[id]?.from ?? '');
  return [...used].filter(isScalar).sort((a, b) => a - b);
}

/** The forms whose elements a threshold is measured on. */
function formsOf(threshold: PlannedThreshold | undefined): readonly StoredForm[] {
  return threshold?.from === 'measured' ? threshold.forms : [];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.slice(-1).join()}`;
}
