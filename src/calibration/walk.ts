import { fail } from '../error.js';
import { consumers, producers, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import type { LayerMeasure } from '../scaling/index.js';
import { checkFinite, type ImageName } from './check-finite.js';
import type { CodesRef, Field, Form, Ref, Statistics, Step } from './field.js';
import { lifetimes, roundedOrigins, type Lifetimes } from './lifetimes.js';
import { findThreshold } from './threshold.js';
import { trainedThresholds } from './trained-threshold.js';
import { expectFinite, weightThresholds } from './weights.js';

/** Bit widths of input activations, parameters and output activations; each 8 or 16. */
export interface BitWidths {
  readonly input: number;
  readonly params: number;
  readonly output: number;
}

export interface WalkOptions {
  readonly widths: BitWidths;
  /** Every threshold becomes `2^ceil(log2 sf) * m`. */
  readonly powerOfTwo?: boolean;
  /** A Concat's threshold is written back through Pooling and inner Concats too. */
  readonly unifyConcat?: boolean;
  /** The reference walk: whether inner products have entries, and so take a Concat's threshold in their convolution's place. */
  readonly includeInnerProduct?: boolean;
  /** Names an image in errors. */
  readonly imageName?: ImageName;
  /** Called before each node with its number. */
  readonly onNode?: (node: GraphNode, index: number, count: number) => void;
}

/** What was measured at one layer: everything an entry of the scaling file is derived from. */
export type LayerThresholds = LayerMeasure;

/** A threshold that is searched when somebody first asks: many are replaced before that. */
interface Cell {
  th: number | null;
  readonly source: readonly Ref[];
  readonly statistics: Statistics | null;
  readonly bw: number;
  readonly node: GraphNode;
  /** How many entries have it as their `th_layer_out`. */
  holders: number;
}

/** What is known of a value while the walk goes on. `cell` null: float32 without a threshold. */
interface State {
  cell: Cell | null;
  bw: number;
  /** The threshold the stored codes were rounded with. */
  rounded: Cell | null;
  /** What an activation works on where a Concat has changed the threshold since. */
  kept: Ref | null;
  /** Made in float32, below a host layer: a threshold it has by now was found for a reader. */
  readonly float: boolean;
  hasRaw: boolean;
  statistics: Statistics | null;
}

type Draft = Omit<LayerThresholds, 'th_layer_out'> & { out: Cell };

/**
 * The progressive walk of QUANTIZER.md, section 4, over an optimised graph: each layer sees inputs and weights
 * that are already rounded to the grid. Thresholds depend on the images and the graph only, not on how the
 * field spreads the images. Errors: `data`, naming layer and image, where an activation is not finite.
 */
export async function progressiveWalk(graph: Graph, field: Field, options: WalkOptions): Promise<LayerThresholds[]> {
  return new Walk(graph, field, options).run();
}

class Walk {
  private readonly rules: readonly Rule[];
  private readonly lifetimes: Lifetimes;
  private readonly writers: Int32Array;
  /** Of each value the nodes that read it, each once. */
  private readonly readers: readonly (readonly number[])[];
  private readonly trained: readonly (number | undefined)[];
  private readonly origins: ReturnType<typeof roundedOrigins>;
  private readonly weights = new Map<GraphNode, number[]>();
  private readonly states: State[] = [];
  private readonly drafts = new Map<string, Draft>();
  /** Of each value the thresholds that are searched in it. */
  private readonly cells: Cell[][] = [];

  constructor(private readonly graph: Graph, private readonly field: Field, private readonly options: WalkOptions) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
    this.lifetimes = lifetimes(graph, this.rules);
    this.writers = producers(graph);
    this.readers = consumers(graph).map((indices) => [...new Set(indices)]);
    this.trained = trainedThresholds(graph, this.rules);
    this.origins = roundedOrigins(graph, this.rules);
  }

  async run(): Promise<LayerThresholds[]> {
    for (const [index, node] of this.graph.nodes.entries()) {
      this.options.onNode?.(node, index, this.graph.nodes.length);
      await this.visit(node, index);
      await this.release(index);
    }
    const layers: LayerThresholds[] = [];
    for (const { out, ...draft } of this.drafts.values()) layers.push({ ...draft, th_layer_out: await this.force(out) });
    return layers;
  }

  private async visit(node: GraphNode, index: number): Promise<void> {
    const rule = this.rules[index]!;
    switch (rule.kind) {
      case 'input': return this.input(node);
      case 'weighted': return this.weighted(node, index, rule);
      case 'activation': return this.activation(node, index);
      case 'pool': return this.pool(node, index, rule);
      case 'shape': return this.shapeOnly(node, index);
      case 'lrn': return this.lrn(node, index);
      case 'concat': return this.concat(node, index);
      case 'eltwise': return this.eltwise(node, index);
      case 'host': return this.host(node, index);
    }
  }

  private async input(node: GraphNode): Promise<void> {
    const id = node.outputs[0]!;
    const [statistics] = await Promise.all([this.step(node, { do: 'input', output: id }), this.measureWeights()]);
    this.written(id, statistics, this.cell(node, id, statistics, this.options.widths.input), this.options.widths.input);
  }

  /** Thresholds of all weights, found here while other threads read images. */
  private async measureWeights(): Promise<void> {
    this.graph.nodes.forEach((node, index) => {
      if (this.rules[index]!.kind !== 'weighted') return node.params.forEach(({ data }) => expectFinite(node, data));
      if (this.weights.has(node)) return;
      this.weights.set(node, weightThresholds(node, shapesOf(this.graph, node)).map((th) => this.onGrid(th, this.options.widths.params)));
    });
  }

  private async weighted(node: GraphNode, index: number, rule: Rule & { kind: 'weighted' }): Promise<void> {
    const widths = this.options.widths;
    const fused = this.fusedActivation(index);
    const input = await this.codes(node.inputs[0]!, node);
    const thParams = this.weights.get(node)!;
    const activation = fused === null ? null : this.graph.nodes[fused]!;
    const output = (activation ?? node).outputs[0]!;
    const statistics = await this.step(node, { do: 'weighted', node: index, fused, input, thParams, bwParams: widths.params, output });
    const cell = this.cell(activation ?? node, output, statistics, widths.output);
    this.written(output, statistics, cell, widths.output);
    this.draft(node, { form: rule.form, bw_layer_in: input.bw, bw_params: widths.params, th_layer_in: input.th, th_params: thParams, channels: thParams.length, area: 1, out: cell });
  }

  /**
   * Computed from the unrounded output of the layer before it; takes that layer's threshold over. A Pooling or shape-only layer,
   * run again, gives codes on the grid it was given: those, also after a Concat has changed the grid.
   */
  private async activation(node: GraphNode, index: number): Promise<void> {
    const [id, output] = [node.inputs[0]!, node.outputs[0]!];
    if (this.fusedActivation(this.writers[id]!) === index) return;
    const state = this.states[id]!;
    const from = state.float || !this.origins.direct[id] ? this.raw(id) : state.kept ?? await this.codes(id, node);
    const statistics = await this.step(node, { do: 'float', node: index, inputs: [from] });
    if (state.cell === null) return this.written(output, statistics, null, 0);
    const cell = this.cell(node, output, statistics, state.bw);
    this.written(output, statistics, cell, state.bw);
    const draft = this.drafts.get(this.graph.nodes[this.writers[id]!]!.name);
    if (draft !== undefined && this.takesOver(id, output)) give(draft, cell);
  }

  /** In place, or the only reader: then no entry describes a step between the layer and its activation. */
  private takesOver(input: ValueId, output: ValueId): boolean {
    const { values } = this.graph;
    return values[input]!.blob === values[output]?.blob || this.readers[input]!.length === 1;
  }

  /** The activation that is the only reader of a weighted node: run with it at once, for the node's own threshold would be replaced. */
  private fusedActivation(index: number): number | null {
    if (this.rules[index]!.kind !== 'weighted') return null;
    const id = this.graph.nodes[index]!.outputs[0]!;
    const [next, ...others] = this.readers[id]!;
    return next !== undefined && others.length === 0 && this.rules[next]!.kind === 'activation' ? next : null;
  }

  private async pool(node: GraphNode, index: number, rule: Rule & { kind: 'pool' }): Promise<void> {
    const [id, output] = [node.inputs[0]!, node.outputs[0]!];
    const { cell, bw } = this.states[id]!;
    if (cell === null) return this.host(node, index);
    const input = await this.codes(id, node);
    await this.step(node, { do: 'pool', node: index, input });
    this.passed(output, cell, bw);
    const channels = this.graph.values[output]!;
    if (rule.operation === 'average') this.draft(node, { form: 'AveragePooling', bw_layer_in: bw, bw_params: 0, bw_layer_out: bw, th_layer_in: input.th, th_params: [], channels: channels.shape[channels.layout === 'NCHW' ? 1 : channels.shape.length - 1]!, area: rule.area, out: cell });
  }

  private async shapeOnly(node: GraphNode, index: number): Promise<void> {
    const { cell, bw } = this.states[node.inputs[0]!]!;
    const wants = (form: Int32Array): boolean => node.outputs.some((id) => form[id]! >= 0);
    const raw = cell === null || (wants(this.lifetimes.raw) && this.states[node.inputs[0]!]!.hasRaw);
    let statistics: Statistics | null = null;
    if (raw) statistics = await this.step(node, { do: 'move', node: index, inputs: node.inputs.map((id) => this.raw(id)), form: 'raw', bw: 0 });
    if (cell === null) return node.outputs.forEach((id) => this.written(id, node.outputs.length === 1 ? statistics : null, null, 0));
    // Nothing reads what a shape-only layer at the network's end makes.
    const codes = wants(this.lifetimes.codes) || (!raw && wants(this.lifetimes.raw));
    if (codes) await this.step(node, { do: 'move', node: index, inputs: [await this.codes(node.inputs[0]!, node)], form: 'codes', bw });
    for (const id of node.outputs) this.states[id] = { cell, bw, rounded: codes ? cell : null, kept: null, float: false, hasRaw: raw, statistics: node.outputs.length === 1 ? statistics : null };
  }

  private async lrn(node: GraphNode, index: number): Promise<void> {
    const { cell, bw } = this.states[node.inputs[0]!]!;
    if (cell === null) return this.host(node, index);
    const statistics = await this.step(node, { do: 'float', node: index, inputs: [await this.codes(node.inputs[0]!, node)] });
    this.written(node.outputs[0]!, statistics, cell, bw);
  }

  private async host(node: GraphNode, index: number): Promise<void> {
    const inputs: Ref[] = [];
    for (const id of node.inputs) inputs.push(this.states[id]!.cell === null ? this.raw(id) : await this.codes(id, node));
    const statistics = await this.step(node, { do: 'float', node: index, inputs });
    node.outputs.forEach((id) => this.written(id, node.outputs.length === 1 ? statistics : null, null, 0));
  }

  private async eltwise(node: GraphNode, index: number): Promise<void> {
    if (node.inputs.every((id) => this.states[id]!.cell === null)) return this.host(node, index);
    const inputs: CodesRef[] = [];
    for (const id of node.inputs) inputs.push(await this.codes(id, node));
    const th = inputs.reduce((largest, ref) => Math.max(largest, ref.th), 0);
    const bw = inputs[0]!.bw;
    const output = node.outputs[0]!;
    const statistics = await this.step(node, { do: 'eltwise', node: index, inputs, th, bw });
    const cell: Cell = { th, source: [], statistics: null, bw: this.options.widths.output, node, holders: 0 };
    this.written(output, statistics, cell, this.options.widths.output);
    this.draft(node, { form: 'Eltwise', bw_layer_in: bw, bw_params: 0, th_layer_in: th, th_params: [], channels: 1, area: 1, out: cell });
  }

  /** One search over all operands together; the result is written back to the operands and their makers. */
  private async concat(node: GraphNode, index: number): Promise<void> {
    if (node.inputs.every((id) => this.states[id]!.cell === null)) return this.host(node, index);
    const bw = this.options.widths.output;
    const inputs: Ref[] = [];
    for (const id of node.inputs) {
      if (this.states[id]!.cell === null) await this.codes(id, node);
      inputs.push(this.origins.seenThroughShape[id] ? await this.codes(id, node) : this.raw(id));
    }
    const statistics = checkFinite(node, await this.field.statistics(inputs), this.options.imageName);
    const cell: Cell = { th: null, source: inputs, statistics, bw, node, holders: 0 };
    const th = await this.force(cell);
    const output = node.outputs[0]!;
    const raw = this.lifetimes.raw[output]! >= 0;
    if (raw) await this.step(node, { do: 'float', node: index, inputs });
    await this.step(node, { do: 'concat', node: index, inputs, th, bw });
    this.states[output] = { cell, bw, rounded: cell, kept: null, float: false, hasRaw: raw, statistics };
    for (const id of node.inputs) await this.writeBack(id, cell, node, index);
  }

  /** Gives the operand the Concat's threshold, and the entry of the layer that made it; what lies between keeps its own. */
  private async writeBack(id: ValueId, cell: Cell, node: GraphNode, index: number): Promise<void> {
    const state = this.states[id]!;
    if (!state.float && state.kept === null && this.lifetimes.kept[id]! > index) await this.keep(id, node);
    state.cell = cell;
    this.makersOf(id).forEach((writer) => this.setOut(writer, cell));
  }

  private async keep(id: ValueId, reader: GraphNode): Promise<void> {
    const from = await this.codes(id, reader);
    await this.step(reader, { do: 'keep', from });
    this.states[id]!.kept = { ...from, form: 'kept' };
  }

  /** Who made a value, seen through activations and shape-only nodes; with `unifyConcat` through Pooling (which is one too) and inner Concats. */
  private makersOf(id: ValueId): number[] {
    const makers = new Set<number>();
    const seen = new Set<ValueId>();
    const open = [id];
    while (open.length > 0) {
      const value = open.pop()!;
      if (seen.has(value)) continue;
      seen.add(value);
      const writer = this.writers[value]!;
      const { kind } = this.rules[writer]!;
      const through = kind === 'activation' || kind === 'shape' || (this.options.unifyConcat === true && (kind === 'pool' || kind === 'concat'));
      if (!through || kind === 'pool') makers.add(writer);
      const { inputs } = this.graph.nodes[writer]!;
      if (through) (kind === 'concat' ? inputs : inputs.slice(0, 1)).forEach((input) => open.push(input));
    }
    return [...makers];
  }

  private setOut(writer: number, cell: Cell): void {
    const draft = this.drafts.get(this.graph.nodes[writer]!.name);
    if (draft !== undefined) give(draft, cell);
  }

  private cell(node: GraphNode, id: ValueId, statistics: Statistics, bw: number): Cell {
    const trained = this.trained[id];
    const cell: Cell = { th: trained === undefined ? null : this.onGrid(trained, bw), source: [{ id, form: 'raw' }], statistics, bw, node, holders: 0 };
    (this.cells[id] ??= []).push(cell);
    return cell;
  }

  private onGrid(th: number, bw: number): number {
    return this.options.powerOfTwo === true ? powerOfTwoThreshold(th, bw) : th;
  }

  private async force(cell: Cell): Promise<number> {
    if (cell.th !== null) return cell.th;
    const found = await findThreshold(cell.statistics!, cell.bw, (max, bins) => this.field.histogram(cell.source, max, bins));
    cell.th = this.onGrid(found, cell.bw);
    return cell.th;
  }

  private raw(id: ValueId): Ref {
    if (!this.states[id]!.hasRaw) fail('internal', '', `the unrounded form of "${this.graph.values[id]!.blob}" was released too early.`);
    return { id, form: 'raw' };
  }

  /** The value as codes on its present grid, rounded now if it was not, or not with this threshold. */
  private async codes(id: ValueId, reader: GraphNode): Promise<CodesRef> {
    const state = this.states[id]!;
    if (state.cell === null) {
      const statistics = state.statistics ?? checkFinite(reader, await this.field.statistics([this.raw(id)]), this.options.imageName);
      state.bw = this.options.widths.input;
      state.cell = this.cell(reader, id, statistics, state.bw);
    }
    const th = await this.force(state.cell);
    if (state.rounded !== state.cell) {
      const from: Ref = state.hasRaw && !this.keepsRounding(id) ? { id, form: 'raw' } : { id, form: 'codes', th: await this.force(state.rounded!), bw: state.bw };
      await this.step(reader, { do: 'round', from, th, bw: state.bw });
      state.rounded = state.cell;
    }
    return { id, form: 'codes', th, bw: state.bw };
  }

  /** The unrounded form of what is rounded already is for activations only; a Concat's new threshold is applied to what the Concat measured. */
  private keepsRounding(id: ValueId): boolean {
    return this.origins.seenThroughShape[id]! && this.states[id]!.rounded !== null;
  }

  private written(id: ValueId, statistics: Statistics | null, cell: Cell | null, bw: number): void {
    this.states[id] = { cell, bw, rounded: null, kept: null, float: cell === null, hasRaw: true, statistics };
  }

  private passed(id: ValueId, cell: Cell, bw: number): void {
    this.states[id] = { cell, bw, rounded: cell, kept: null, float: false, hasRaw: false, statistics: null };
  }

  private draft(node: GraphNode, draft: Omit<Draft, 'name' | 'bw_layer_out'> & { bw_layer_out?: number }): void {
    this.drafts.set(node.name, { name: node.name, bw_layer_out: this.options.widths.output, ...draft });
    draft.out.holders++;
  }

  private async step(node: GraphNode, step: Step): Promise<Statistics> {
    return checkFinite(node, await this.field.step(step), this.options.imageName);
  }

  /** Forgets what no later node reads; rounds first where only the codes live on, and settles what an entry still waits for. */
  private async release(index: number): Promise<void> {
    const node = this.graph.nodes[index]!;
    const freed: { id: ValueId; form: Form }[] = [];
    for (const id of new Set([...node.inputs, ...node.outputs])) {
      const state = this.states[id];
      if (state === undefined) continue;
      if (state.hasRaw && this.lifetimes.raw[id]! <= index) {
        if (state.cell !== null && this.lifetimes.codes[id]! > index) await this.codes(id, node);
        await this.settle(id);
        freed.push({ id, form: 'raw' });
        state.hasRaw = false;
      }
      if (this.lifetimes.codes[id]! <= index && !state.hasRaw && state.rounded !== null) freed.push({ id, form: 'codes' });
      if (this.lifetimes.kept[id]! <= index && state.kept !== null) freed.push({ id, form: 'kept' });
    }
    if (freed.length > 0) await this.field.step({ do: 'free', values: freed });
  }

  /** Searches a threshold that an entry waits for while its values are still there. */
  private async settle(id: ValueId): Promise<void> {
    for (const cell of this.cells[id] ?? []) {
      if (cell.holders > 0) await this.force(cell);
    }
  }
}

function give(draft: Draft, cell: Cell): void {
  draft.out.holders--;
  draft.out = cell;
  cell.holders++;
}

/** The smallest threshold of at least `th` whose grid step is a power of two: `2^ceil(log2(th / m)) * m`. */
export function powerOfTwoThreshold(th: number, bw: number): number {
  if (th === 0) return 0;
  const m = 2 ** (bw - 1) - 1;
  let step = 1;
  while (step < th / m) step *= 2;
  while (step / 2 >= th / m) step /= 2;
  return step * m;
}
