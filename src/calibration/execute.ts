import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { expectFinite, weightThresholds } from '../analysis/weights.js';
import { fail } from '../error.js';
import { type BitWidth, ZERO } from '../fixed/grid.js';
import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import { DEFAULT_OVERLAY, type LayerCalibration, type OverlayChoice, withMultipliers } from '../scaling/index.js';
import { checkFinite, type ImageName } from './check-finite.js';
import type { BoundThreshold, CalibrationExecutor, OverlayLayer } from './executor/executor.js';
import { merge, nothing, type Statistics } from './executor/statistics.js';
import { channelImportances, type Importances } from './importance.js';
import { layerCalibration, overlayLayer, type SearchedBlob, type SearchedLayer, searchLayers } from './layer-search.js';
import type { CalibrationPlan, PlannedThreshold, Stage } from './plan.js';
import { formsWritten, type Step, type StoredForm, type ThresholdId, thresholdsUsed } from './step.js';
import { type FoundThreshold, thresholdDetails } from './threshold-details.js';
import type { TakeCurve, ThresholdCurve, ThresholdDetails } from './thresholds/curve.js';
import { findThresholds } from './thresholds/find.js';
import { findChannelThresholds } from './thresholds/find-by-channels.js';
import type { ThresholdMethod } from './thresholds/method.js';
import { powerOfTwoThreshold } from './thresholds/power-of-two.js';

/** How a plan is executed. */
export interface ExecuteOptions {
  /** The method that finds thresholds of activations. */
  readonly method: ThresholdMethod;
  /** The overlay that layers are emulated on, where the plan has any. */
  readonly overlay?: OverlayChoice | undefined;
  /** Names an image in errors. */
  readonly imageName?: ImageName;
  /** Called with how each measured threshold was found, when it is. Absent: nothing is counted for it. */
  readonly onThreshold?: ((details: ThresholdDetails) => void) | undefined;
  /** Called before each layer with the number of those before it. */
  readonly onNode?: (node: GraphNode, index: number, count: number) => void;
}

/**
 * Executes a plan for a graph: the calibration of each entry's layer. The numbers depend on the images and the graph
 * only, not on how the executor spreads the images. Errors: `data`, naming layer and image, where an activation is not
 * finite, or naming the layer where a parameter is not.
 */
export async function executePlan(
  graph: Graph,
  plan: CalibrationPlan,
  executor: CalibrationExecutor,
  options: ExecuteOptions,
): Promise<LayerCalibration[]> {
  const execution = new Execution(analyse(graph), plan, executor, options);
  // The weights' thresholds are found while other threads read images.
  for (const [index, stage] of plan.stages.entries())
    await Promise.all([execution.run(stage), index === 0 && execution.measureWeights()]);
  return execution.results();
}

class Execution {
  private readonly statistics = new Map<ValueId, Statistics>();
  private readonly found = new Map<ThresholdId, number>();
  private readonly ofWeights = new Map<ThresholdId, readonly number[]>();
  private readonly overlayLayers = new Map<ThresholdId, OverlayLayer>();
  private readonly bound = new Set<ThresholdId>();
  private importances: Importances = new Map();
  private begun = 0;

  constructor(
    private readonly network: AnalysedGraph,
    private readonly plan: CalibrationPlan,
    private readonly executor: CalibrationExecutor,
    private readonly options: ExecuteOptions,
  ) {}

  async run({ search, steps, nodes }: Stage): Promise<void> {
    if (search.length > 0) await this.search(search);
    const { graph } = this.network;
    for (const index of nodes) this.options.onNode?.(this.network.node(index), this.begun++, graph.nodes.length);
    if (steps.length === 0) return;
    this.bind(steps);
    const statistics = await this.executor.run(steps);
    for (const [i, step] of steps.entries()) this.record(step, statistics[i]);
  }

  async measureWeights(): Promise<void> {
    if (this.plan.thresholds.some((each) => each.from === 'measured' && each.channels?.statistics === 'histograms'))
      this.importances = channelImportances(this.network);
    const measured = new Set<number>();
    for (const [id, threshold] of this.plan.thresholds.entries()) {
      if (threshold.from !== 'weights') continue;
      const thresholds = weightThresholds(this.network.node(threshold.node), this.network.shapesOf(threshold.node));
      this.ofWeights.set(
        id,
        thresholds.map((each) => this.toGrid(each, threshold.bits)),
      );
      measured.add(threshold.node);
    }
    for (const node of this.plan.finiteParams.filter((index) => !measured.has(index)))
      for (const { data } of this.network.node(node).params) expectFinite(this.network.node(node), data);
  }

  results(): LayerCalibration[] {
    return this.plan.entries.map(({ th_params, ...entry }) => ({
      ...entry,
      th_layer_in: this.number(entry.th_layer_in),
      th_layer_out: this.number(entry.th_layer_out),
      ...this.paramsOf(th_params),
    }));
  }

  private paramsOf(id: ThresholdId | null): Pick<LayerCalibration, 'th_params' | 'hasChosenParams'> {
    if (id === null) return { th_params: [] };
    return this.plan.thresholds[id]?.from === 'layer'
      ? { th_params: [...this.overlayLayer(id).thresholds], hasChosenParams: true }
      : { th_params: [...(this.ofWeights.get(id) ?? [])] };
  }

  /** Measures thresholds together: each search is a wait for all threads. */
  private async search(ids: readonly ThresholdId[]): Promise<void> {
    const blobs = ids.flatMap((id) => {
      const threshold = this.plan.thresholds[id];
      return threshold?.from === 'measured' ? [{ id, ...threshold }] : [];
    });
    const statistics = await this.statisticsOf(blobs.map(({ forms }) => forms));
    const measured = blobs.map((blob, i) => ({ ...blob, statistics: statistics[i] ?? nothing }));
    const whole = measured.filter(({ channels }) => channels === undefined);
    const curves = new Map<ThresholdId, ThresholdCurve | null>();
    const isShown = this.options.onThreshold !== undefined;
    const take = (list: readonly { readonly id: ThresholdId }[]): TakeCurve | undefined =>
      isShown ? (i, curve) => curves.set(list[i]?.id ?? -1, curve()) : undefined;
    const thresholds = await findThresholds(whole, this.options.method, this.executor, take(whole));
    for (const [i, { id, bits }] of whole.entries()) this.found.set(id, this.toGrid(thresholds[i] ?? 0, bits));
    const split = measured.flatMap(({ channels, ...blob }) =>
      channels === undefined ? [] : [{ ...blob, channels, max: blob.statistics.max }],
    );
    const ofChannels = await findChannelThresholds(split, this.executor, this.network, this.importances, take(split));
    for (const [i, { id, bits }] of split.entries()) this.found.set(id, this.toGrid(ofChannels[i] ?? 0, bits));
    await this.searchLayers(ids);
    if (isShown) await this.show(measured.map((blob) => ({ ...blob, curve: curves.get(blob.id) ?? null })));
  }

  /** Tells how thresholds were found. */
  private async show(
    blobs: readonly (Omit<FoundThreshold, 'threshold'> & { readonly id: ThresholdId })[],
  ): Promise<void> {
    const found = blobs.map(({ id, ...blob }) => ({ ...blob, threshold: this.number(id) }));
    for (const details of await thresholdDetails(found, this.executor, this.network))
      this.options.onThreshold?.(details);
  }

  /** Replaces thresholds by those of the least error on the overlay, where layers are emulated with them. */
  private async searchLayers(ids: readonly ThresholdId[]): Promise<void> {
    const blobs = ids.flatMap((id) => {
      const threshold = this.plan.thresholds[id];
      return threshold?.from === 'measured' && threshold.layers !== undefined && this.number(id) > ZERO
        ? [{ ...threshold, id, layers: threshold.layers }]
        : [];
    });
    const searched = blobs.map((blob): SearchedBlob => {
      const layers = blob.layers.map((layer) => (layer === null ? [] : [this.searchedLayer(layer)]));
      return { layers: layers.flat(), start: this.number(blob.id), isFree: layers.every(({ length }) => length > 0) };
    });
    const found = await searchLayers(searched, this.executor, this.network, this.overlay);
    for (const [i, { id, layers }] of blobs.entries()) {
      this.found.set(id, found[i]?.threshold ?? 0);
      for (const [order, layer] of layers.filter((each) => each !== null).entries()) {
        const overlayLayer = found[i]?.layers[order];
        if (overlayLayer !== undefined) this.overlayLayers.set(layer, overlayLayer);
      }
    }
  }

  /** A layer that a plan's threshold (`layer`) is for. */
  private searchedLayer(id: ThresholdId): SearchedLayer {
    const threshold = this.plan.thresholds[id];
    if (threshold?.from !== 'layer') return fail('internal', 'calibration', `threshold ${id} is of no layer.`);
    const { layer: node, activation, input, weights } = threshold;
    const thresholdIn = this.number(input.grid.threshold);
    return { node, activation, input, thresholdIn, largest: this.ofWeights.get(weights) ?? [] };
  }

  /** An emulated layer. One that was not searched has the multipliers that are best for the overlay in general. */
  private overlayLayer(id: ThresholdId): OverlayLayer {
    const known = this.overlayLayers.get(id);
    if (known !== undefined) return known;
    const layer = this.searchedLayer(id);
    const threshold = this.plan.thresholds[id];
    const output = threshold?.from === 'layer' ? this.number(threshold.output) : 0;
    const calibration = withMultipliers(layerCalibration(this.network, layer, output), this.overlay, undefined);
    const found = overlayLayer(this.network, calibration, layer, this.overlay);
    this.overlayLayers.set(id, found);
    return found;
  }

  private get overlay(): OverlayChoice {
    return this.options.overlay ?? DEFAULT_OVERLAY;
  }

  /** Statistics of forms taken together. Raw forms were measured when they were written; others are measured now. */
  private async statisticsOf(blobs: readonly (readonly StoredForm[])[]): Promise<Statistics[]> {
    const known = blobs.map((forms) =>
      forms.map(({ value, grid }) => (grid === null ? this.statistics.get(value) : undefined)),
    );
    const isKnown = (all: readonly (Statistics | undefined)[]): all is Statistics[] => !all.includes(undefined);
    const open = blobs.filter((_, i) => !isKnown(known[i] ?? [undefined]));
    const measured = open.length === 0 ? [] : await this.executor.statistics(open);
    return known.map((all) => (isKnown(all) ? all.reduce(merge) : (measured.shift() ?? nothing)));
  }

  /** Tells the executor the numbers that steps need. */
  private bind(steps: readonly Step[]): void {
    const ids = [...new Set(steps.flatMap(thresholdsUsed))].filter((id) => !this.bound.has(id));
    for (const id of ids) this.bound.add(id);
    this.executor.bind(ids.map((id) => [id, this.valueOf(id)]));
  }

  private valueOf(id: ThresholdId): BoundThreshold[1] {
    if (this.plan.thresholds[id]?.from === 'layer') return this.overlayLayer(id);
    return this.ofWeights.get(id) ?? this.number(id);
  }

  /** Checks the output of a step, and keeps its statistics. */
  private record(step: Step, statistics: Statistics | undefined): void {
    if (step.do === 'free' || statistics === undefined) return;
    checkFinite(this.network.node(step.node), statistics, this.options.imageName);
    const [form, ...others] = formsWritten(step, this.network);
    if (form?.grid === null && others.length === 0) this.statistics.set(form.value, statistics);
  }

  /** The number of a threshold. */
  private number(id: ThresholdId): number {
    const found = this.found.get(id) ?? this.derived(this.plan.thresholds[id]);
    if (found === undefined) return fail('internal', 'calibration', `threshold ${id} is used before it is found.`);
    this.found.set(id, found);
    return found;
  }

  /** The number of a threshold that is not measured. */
  private derived(threshold: PlannedThreshold | undefined): number | undefined {
    if (threshold?.from === 'trained') return this.toGrid(threshold.threshold, threshold.bits);
    return threshold?.from === 'largest' ? Math.max(...threshold.of.map((operand) => this.number(operand))) : undefined;
  }

  private toGrid(threshold: number, bits: BitWidth): number {
    return this.plan.powerOfTwo ? powerOfTwoThreshold(threshold, bits) : threshold;
  }
}
