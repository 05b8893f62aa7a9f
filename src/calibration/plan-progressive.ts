import { type AnalysedGraph, analyse, type RuleOf } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';
import { channelAxis } from '../tensor.js';
import { LayerWidths } from './layer-widths.js';
import type { CalibrationPlan, PlannedEntry, PlannedWidths, PlanOptions, WeightedOutput } from './plan.js';
import { PlanBuilder } from './plan-builder.js';
import type { CodesForm, PlannedGrid, RawForm, StoredForm, ThresholdId } from './step.js';
import { outputsOf, readByFloatLayers } from './values-by-rule.js';

/** The state of a value at a point of the walk. */
interface ValueState {
  /** Null: float32 without a threshold, below a host layer, until a quantized layer reads it. */
  grid: PlannedGrid | null;
  /** The codes it was rounded to last; null: not yet. */
  codes: CodesForm | null;
  /** The codes it had before a Concat gave it another threshold. */
  codesBeforeConcat: CodesForm | null;
  /** Whether it has a raw form. Pooled codes, and what is moved of them, have none. */
  readonly isRaw: boolean;
  /** Computed in float32: a threshold that it has by now was found for a reader. */
  readonly isFloat: boolean;
  /** The weighted layer whose unrounded output it is, also behind an activation; null: another layer's. */
  readonly source: WeightedOutput | null;
}

type EntryDraft = { -readonly [key in keyof PlannedEntry]: PlannedEntry[key] };

/**
 * Plans the progressive walk of `docs/spec/quantizer.md`, section 4, over an optimised graph: each layer reads inputs
 * and weights that are already rounded to their grids.
 */
export function planProgressive(graph: Graph, options: PlanOptions): CalibrationPlan {
  return new ProgressivePlanner(analyse(graph), options).plan();
}

class ProgressivePlanner {
  private readonly builder: PlanBuilder;
  private readonly widths: PlannedWidths;
  private readonly states = new Map<ValueId, ValueState>();
  /** Values as codes of another width than theirs, for readers that want it. */
  private readonly otherCodes = new Map<ValueId, CodesForm>();
  /** By layer name. */
  private readonly entries = new Map<string, EntryDraft>();
  /** Outputs of Pooling and shape-only layers: an activation computes on their codes. */
  private readonly movedValues: ReadonlySet<ValueId>;
  /**
   * Outputs of Pooling and LRN, also behind shape-only layers: a Concat measures their codes and rounds those again.
   */
  private readonly roundedOperands: ReadonlySet<ValueId>;
  /** For each value whether only layers that run on the host by wish read it. */
  private readonly staysFloat: readonly boolean[];

  constructor(
    private readonly network: AnalysedGraph,
    private readonly options: PlanOptions,
  ) {
    this.builder = new PlanBuilder(network, options);
    this.widths = options.layerWidths ?? new LayerWidths(network, options);
    this.movedValues = outputsOf(network, ({ kind }) => kind === 'pool' || kind === 'shape');
    this.roundedOperands = outputsOf(
      network,
      ({ kind }, follows) => kind === 'pool' || kind === 'lrn' || (kind === 'shape' && follows),
    );
    this.staysFloat = readByFloatLayers(network);
  }

  plan(): CalibrationPlan {
    const fused = new Set<number>();
    for (const [index, rule] of this.network.rules.entries()) {
      if (fused.has(index)) continue;
      const activation = rule.kind === 'weighted' ? this.network.soleActivation(index) : null;
      if (activation !== null) fused.add(activation);
      this.visit(index, rule, activation);
    }
    const nodes = this.network.graph.nodes;
    for (const [index, { name }] of nodes.entries()) this.chooseParams(index, this.entries.get(name));
    const names = new Set(nodes.map(({ name }) => name));
    return this.builder.build(
      [...names].flatMap((name) => this.entries.get(name) ?? []),
      [...nodes.keys()],
    );
  }

  /** An emulated layer takes the thresholds of weights that go with its `th_layer_out`. */
  private chooseParams(index: number, entry: EntryDraft | undefined): void {
    if (entry === undefined || this.network.rule(index).kind !== 'weighted') return;
    const output = { threshold: entry.th_layer_out, bits: entry.bw_layer_out };
    const params = this.builder.layer({ layer: index, activation: null }, output);
    if (params !== null) entry.th_params = params;
  }

  private visit(index: number, rule: Rule, activation: number | null): void {
    switch (rule.kind) {
      case 'input':
        return this.input(index);
      case 'weighted':
        return this.weighted(index, rule, activation);
      case 'activation':
        return this.activation(index);
      case 'pool':
        return this.pool(index, rule);
      case 'shape':
        return this.shapeOnly(index);
      case 'lrn':
        return this.lrn(index);
      case 'concat':
        return this.concat(index);
      case 'eltwise':
        return this.eltwise(index);
      case 'host':
        return this.host(index);
    }
  }

  private input(index: number): void {
    this.builder.step({ do: 'input', node: index });
    if (this.staysFloat[this.network.output(index)] === true) return this.written(index, null);
    const output = this.network.output(index);
    this.written(index, this.measured(output, this.widths.value(output), index));
  }

  private weighted(index: number, rule: RuleOf<'weighted'>, fused: number | null): void {
    const paramBits = this.widths.params(index);
    const input = this.codesOf(this.network.input(index), index, this.widths.input(index));
    const params = { threshold: this.builder.weights(index, paramBits), bits: paramBits };
    this.builder.step({ do: 'weighted', node: index, fused, input, params });
    this.builder.emulates(index, input, params);
    const end = fused ?? index;
    const source = { layer: index, activation: fused };
    const output = this.network.output(end);
    const grid = this.measured(output, this.widths.value(output), end, source);
    this.written(end, grid, source);
    this.enter(index, {
      form: rule.form,
      bw_layer_in: input.grid.bits,
      bw_params: paramBits,
      bw_layer_out: grid.bits,
      th_layer_in: input.grid.threshold,
      th_layer_out: grid.threshold,
      th_params: params.threshold,
      channels: rule.channels,
    });
  }

  /**
   * Computed from the unrounded output of the layer before it, whose threshold it replaces. A Pooling or shape-only
   * layer, run again, gives the codes that it was given: those, also where a Concat has changed the threshold since.
   */
  private activation(index: number): void {
    const id = this.network.input(index);
    const state = this.state(id);
    const from =
      state.isFloat || !this.movedValues.has(id) ? this.raw(id) : (state.codesBeforeConcat ?? this.codes(id, index));
    this.builder.step({ do: 'float', node: index, inputs: [from] });
    if (state.grid === null) return this.written(index, null);
    const output = this.network.output(index);
    const source = state.source?.activation === null ? { ...state.source, activation: index } : null;
    const grid = this.measured(output, state.grid.bits, index, source);
    this.written(index, grid, source);
    if (this.replacesThreshold(id, output)) this.setOutput(this.network.writerOf(id), grid.threshold);
  }

  /** In place, or the only reader: then no entry describes a step between the layer and its activation. */
  private replacesThreshold(input: ValueId, output: ValueId): boolean {
    return (
      this.network.value(input).blob === this.network.value(output).blob || this.network.readersOf(input).length === 1
    );
  }

  private pool(index: number, rule: RuleOf<'pool'>): void {
    const id = this.network.input(index);
    if (this.state(id).grid === null) return this.host(index);
    const input = this.codes(id, index);
    this.builder.step({ do: 'pool', node: index, input });
    const output = this.network.output(index);
    this.setState(output, { grid: input.grid, codes: { value: output, grid: input.grid }, isRaw: false, source: null });
    if (rule.operation !== 'average') return;
    const { shape, layout } = this.network.value(output);
    this.enter(index, {
      form: 'AveragePooling',
      bw_layer_in: input.grid.bits,
      bw_layer_out: input.grid.bits,
      th_layer_in: input.grid.threshold,
      th_layer_out: input.grid.threshold,
      channels: shape[channelAxis(shape.length, layout)] ?? 1,
      area: rule.area,
    });
  }

  private shapeOnly(index: number): void {
    const node = this.network.node(index);
    const { grid, isRaw } = this.state(this.network.input(index));
    if (isRaw) this.move(index, this.raw(this.network.input(index)), ...node.inputs.slice(1).map((id) => this.raw(id)));
    if (grid === null)
      return node.outputs.forEach((id) => this.setState(id, { grid, codes: null, isRaw: true, source: null }));
    this.move(index, this.codes(this.network.input(index), index));
    node.outputs.forEach((value) => this.setState(value, { grid, codes: { value, grid }, isRaw, source: null }));
  }

  private move(index: number, ...inputs: [StoredForm, ...StoredForm[]]): void {
    this.builder.step({ do: 'move', node: index, inputs });
  }

  private lrn(index: number): void {
    const id = this.network.input(index);
    const { grid } = this.state(id);
    if (grid === null) return this.host(index);
    this.builder.step({ do: 'float', node: index, inputs: [this.codes(id, index)] });
    this.written(index, grid);
  }

  private host(index: number): void {
    const inputs = this.network
      .node(index)
      .inputs.map((id) => (this.state(id).grid === null ? this.raw(id) : this.codes(id, index)));
    this.builder.step({ do: 'float', node: index, inputs });
    this.written(index, null);
  }

  /** The operands are rounded again with the largest of their thresholds. */
  private eltwise(index: number): void {
    const node = this.network.node(index);
    if (node.inputs.every((id) => this.state(id).grid === null)) return this.host(index);
    const inputs = node.inputs.map((id) => this.codes(id, index));
    const threshold = this.builder.largest(inputs.map(({ grid }) => grid.threshold));
    const bits = this.widths.input(index);
    const bitsOut = this.widths.value(this.network.output(index));
    this.builder.step({ do: 'eltwise', node: index, inputs, grid: { threshold, bits } });
    this.written(index, { threshold, bits: bitsOut });
    this.enter(index, {
      form: 'Eltwise',
      bw_layer_in: bits,
      bw_layer_out: bitsOut,
      th_layer_in: threshold,
      th_layer_out: threshold,
      channels: 1,
    });
  }

  /**
   * One threshold for all operands together, which is written back to the operands and to the entries of the layers
   * that made them.
   */
  private concat(index: number): void {
    const node = this.network.node(index);
    if (node.inputs.every((id) => this.state(id).grid === null)) return this.host(index);
    const inputs = node.inputs.map((id) => this.concatOperand(id, index));
    const output = this.network.output(index);
    const bits = this.widths.value(output);
    const sources = inputs.map((form) => (form.grid === null ? this.state(form.value).source : null));
    const grid = { threshold: this.builder.measured(inputs, bits, index, sources), bits };
    this.builder.step({ do: 'float', node: index, inputs });
    const operands = inputs.map((form) => (form.grid === null ? (this.emulated(form.value, grid) ?? form) : form));
    this.builder.step({ do: 'concat', node: index, inputs: operands, grid });
    this.setState(output, { grid, codes: { value: output, grid }, isRaw: true, source: null });
    for (const id of node.inputs) this.writeBack(id, grid.threshold, index);
  }

  private concatOperand(id: ValueId, index: number): StoredForm {
    // The result of a host layer gets a threshold of its own first.
    const codes = this.codes(id, index);
    return this.roundedOperands.has(id) ? codes : this.raw(id);
  }

  /** Gives the operand and the entries of its makers the Concat's threshold; values between them keep theirs. */
  private writeBack(id: ValueId, threshold: ThresholdId, index: number): void {
    const state = this.state(id);
    if (this.movedValues.has(id) && !state.isFloat) state.codesBeforeConcat ??= this.codes(id, index);
    state.grid = { threshold, bits: state.grid?.bits ?? this.widths.value(id) };
    for (const maker of this.makersOf(id)) this.setOutput(maker, threshold);
  }

  /**
   * The layers that made a value, seen through activations and shape-only layers; with `unifyConcat` through Pooling,
   * which counts as a maker too, and inner Concats.
   */
  private makersOf(id: ValueId): Set<number> {
    const makers = new Set<number>();
    const seen = new Set<ValueId>();
    const open = [id];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      if (seen.has(value)) continue;
      seen.add(value);
      const writer = this.network.writerOf(value);
      const { kind } = this.network.rule(writer);
      const isUnified = this.options.unifyConcat === true && (kind === 'pool' || kind === 'concat');
      const isSeenThrough = kind === 'activation' || kind === 'shape' || isUnified;
      if (!isSeenThrough || kind === 'pool') makers.add(writer);
      const { inputs } = this.network.node(writer);
      if (isSeenThrough) open.push(...(kind === 'concat' ? inputs : inputs.slice(0, 1)));
    }
    return makers;
  }

  private raw(value: ValueId): RawForm {
    return { value, grid: null };
  }

  /**
   * The value as codes on its present grid, rounded now if it was not, or not with this threshold. `reader`: the layer
   * that reads it.
   */
  private codes(id: ValueId, reader: number): CodesForm {
    const state = this.state(id);
    state.grid ??= this.measured(id, this.widths.value(id), reader);
    const { grid, codes } = state;
    if (codes !== null && codes.grid.threshold === grid.threshold) return codes;
    const from = codes !== null && (!state.isRaw || this.roundedOperands.has(id)) ? codes : this.raw(id);
    const emulated = from.grid === null ? this.emulated(id, grid) : null;
    if (emulated !== null) return emulated;
    this.builder.step({ do: 'round', node: this.network.writerOf(id), from, grid });
    state.codes = { value: id, grid };
    return state.codes;
  }

  /** The value as codes of a width: those on its present grid, or where that has another width these rounded again. */
  private codesOf(id: ValueId, reader: number, bits: BitWidth): CodesForm {
    const from = this.codes(id, reader);
    if (from.grid.bits === bits) return from;
    const known = this.otherCodes.get(id);
    if (known !== undefined) return known;
    const threshold = this.state(id).isRaw
      ? this.builder.thresholdOf(id, bits, reader)
      : this.builder.measured([from], bits, reader, [null]);
    const grid = { threshold, bits };
    this.builder.step({ do: 'round', node: this.network.writerOf(id), from, grid });
    const codes = { value: id, grid };
    this.otherCodes.set(id, codes);
    return codes;
  }

  /** The output of a weighted layer as the overlay computes it; null: the layer is not emulated. */
  private emulated(id: ValueId, grid: PlannedGrid): CodesForm | null {
    const state = this.state(id);
    const layer = state.source === null ? null : this.builder.layer(state.source, grid);
    const emulated = this.builder.emulatedLayer(layer);
    if (layer === null || emulated === undefined) return null;
    const { layer: node, activation: fused, input } = emulated;
    this.builder.step({ do: 'emulate', node, fused, input, layer, grid });
    state.codes = { value: id, grid };
    return state.codes;
  }

  private measured(value: ValueId, bits: BitWidth, node: number, source: WeightedOutput | null = null): PlannedGrid {
    return { threshold: this.builder.thresholdOf(value, bits, node, source), bits };
  }

  /** The outputs of a layer, raw. */
  private written(index: number, grid: PlannedGrid | null, source: WeightedOutput | null = null): void {
    for (const id of this.network.node(index).outputs) this.setState(id, { grid, codes: null, isRaw: true, source });
  }

  private setState(id: ValueId, state: Pick<ValueState, 'grid' | 'codes' | 'isRaw' | 'source'>): void {
    this.states.set(id, { ...state, codesBeforeConcat: null, isFloat: state.grid === null });
  }

  private state(id: ValueId): ValueState {
    return (
      this.states.get(id) ??
      fail('internal', describe(this.network.node(this.network.writerOf(id))), 'a reader comes before the layer.')
    );
  }

  private enter(
    index: number,
    entry: Omit<PlannedEntry, 'name' | 'bw_params' | 'th_params' | 'area'> & Partial<PlannedEntry>,
  ): void {
    const { name } = this.network.node(index);
    const defaults = { bw_params: 0, th_params: null, area: 1 };
    this.entries.set(name, { ...defaults, ...entry, name });
  }

  /** Gives the entry of a layer, if it has one, another `th_layer_out`. */
  private setOutput(index: number, threshold: ThresholdId): void {
    const entry = this.entries.get(this.network.node(index).name);
    if (entry !== undefined) entry.th_layer_out = threshold;
  }
}
