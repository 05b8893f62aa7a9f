import { analyse } from '../../src/analysis/analysed-graph.js';
import { loadCaffe } from '../../src/caffe/index.js';
import type { CalibrationPlan, PlanOptions } from '../../src/calibration/plan.js';
import { planProgressive } from '../../src/calibration/plan-progressive.js';
import type { Step, StoredForm, ThresholdId } from '../../src/calibration/step.js';
import type { Graph } from '../../src/graph/graph.js';
import { optimise } from '../../src/optimise/index.js';

export const widths = { input: 8, params: 8, output: 8 } as const;

/** A network of layers behind an input "data" of 4 channels. */
export function networkOf(...layers: readonly string[]): Graph {
  const data = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 4 dim: 8 dim: 8 } } }';
  return loadCaffe({ prototxt: [data, ...layers].join('\n'), seedWeights: 1 });
}

const bottomsOf = (bottoms: readonly string[]): string => bottoms.map((bottom) => `bottom: "${bottom}"`).join(' ');

/** A layer that writes a blob of its own name. */
export const layer =
  (type: string, params = '') =>
  (name: string, ...bottoms: readonly string[]): string =>
    `layer { name: "${name}" type: "${type}" ${bottomsOf(bottoms)} top: "${name}" ${params} }`;

export const convolution = layer('Convolution', 'convolution_param { num_output: 4 kernel_size: 1 }');
export const innerProduct = layer('InnerProduct', 'inner_product_param { num_output: 4 }');
export const maxPooling = layer('Pooling', 'pooling_param { pool: MAX kernel_size: 3 stride: 1 pad: 1 }');
export const averagePooling = layer('Pooling', 'pooling_param { pool: AVE kernel_size: 3 stride: 1 pad: 1 }');
export const relu = layer('ReLU');
export const lrn = layer('LRN', 'lrn_param { local_size: 3 }');
export const sigmoid = layer('Sigmoid');
export const reshape = layer('Reshape', 'reshape_param { shape { dim: 0 dim: 4 dim: 8 dim: 8 } }');
export const concat = layer('Concat');
export const eltwise = layer('Eltwise');

/** A ReLU that works in place. */
export const reluInPlace = (name: string, blob: string): string =>
  `layer { name: "${name}" type: "ReLU" bottom: "${blob}" top: "${blob}" }`;

/** A plan in which everything is named by layers. */
export class NamedPlan {
  readonly plan: CalibrationPlan;
  private readonly network: ReturnType<typeof analyse>;

  constructor(
    readonly graph: Graph,
    plan: CalibrationPlan | undefined = undefined,
    options: Partial<PlanOptions> = {},
  ) {
    this.network = analyse(graph);
    this.plan = plan ?? planProgressive(graph, { widths, ...options });
  }

  /** `[th_layer_in, th_layer_out]` of each entry. */
  get entries(): Record<string, readonly [string, string]> {
    return Object.fromEntries(
      this.plan.entries.map(({ name, th_layer_in, th_layer_out }) => [
        name,
        [this.threshold(th_layer_in), this.threshold(th_layer_out)],
      ]),
    );
  }

  /** `max(a, b)`, `trained 3`, `weights a`, or the forms it is measured on: `a + b`. */
  threshold(id: ThresholdId): string {
    const threshold = this.plan.thresholds[id]!;
    if (threshold.from === 'largest') return `max(${threshold.of.map((each) => this.threshold(each)).join(', ')})`;
    if (threshold.from === 'trained') return `trained ${threshold.threshold}`;
    if (threshold.from === 'weights') return `weights ${this.network.node(threshold.node).name}`;
    if (threshold.from === 'layer')
      return `layer ${this.network.node(threshold.layer).name} to ${this.threshold(threshold.output)}`;
    return threshold.forms.map((form) => this.form(form)).join(' + ');
  }

  /** `a` for the raw output of layer a, `a@b` for its codes on the threshold measured on b. */
  form({ value, grid }: StoredForm): string {
    const { name } = this.network.node(this.network.writerOf(value));
    return grid === null ? name : `${name}@${this.threshold(grid.threshold)}`;
  }

  /** All steps in the order of execution, but those that release. */
  get steps(): Exclude<Step, { do: 'free' }>[] {
    return this.plan.stages.flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'free' ? [] : [step])));
  }

  /** The forms that a layer's steps of a kind read. */
  reads(name: string, kind: Step['do']): string[] {
    return this.steps
      .filter((step) => step.do === kind && this.network.node(step.node).name === name)
      .flatMap((step) =>
        'input' in step ? [step.input] : 'inputs' in step ? step.inputs : 'from' in step ? [step.from] : [],
      )
      .map((form) => this.form(form));
  }

  /** The roundings of a layer's output, `from to`. */
  roundings(name: string): string[] {
    return this.steps.flatMap((step) =>
      step.do === 'round' && this.network.node(step.node).name === name
        ? [`${this.form(step.from)} to ${this.threshold(step.grid.threshold)}`]
        : [],
    );
  }

  /** The thresholds that are measured, by the stage before which they are. */
  get searches(): string[][] {
    return this.plan.stages.map(({ search }) => search.map((id) => this.threshold(id)));
  }
}

/** The progressive plan of a network, folded and with named parts. */
export function planOf(layers: readonly string[], options: Partial<PlanOptions> = {}): NamedPlan {
  return new NamedPlan(optimise(networkOf(...layers)).graph, undefined, options);
}
