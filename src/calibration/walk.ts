import { expectFinite, weightThresholds } from '../analysis/weights.js';
import { fail } from '../error.js';
import type { BitWidth } from '../fixed/grid.js';
import { consumers, type Graph, type GraphNode, producers, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import type { LayerMeasure } from '../scaling/index.js';
import { checkFinite, type ImageName } from './check-finite.js';
import { type CodesRef, type Field, type Form, merge, type Ref, type Statistics, type Step } from './field.js';
import { type Lifetimes, lifetimes, roundedOrigins } from './lifetimes.js';
import { fusedActivations, schedule } from './schedule.js';
import { findThresholds, powerOfTwoThreshold } from './threshold.js';
import { trainedThresholds } from './trained-threshold.js';
import { type Cell, type Draft, give, type State, type Weighted } from './walk-state.js';

/** Bit widths of input activations, parameters and output activations; each 8 or 16. */
export interface BitWidths {
  readonly input: BitWidth;
  readonly params: BitWidth;
  readonly output: BitWidth;
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
  /** Called before each node with the number of those before it. */
  readonly onNode?: (node: GraphNode, index: number, count: number) => void;
}

/** What was measured at one layer: everything an entry of the scaling file is derived from. */
export type LayerThresholds = LayerMeasure;

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
  /** Of each weighted node the activation that is run with it: the node's own threshold would be replaced. */
  private readonly fused: Int32Array;
  private readonly fusedTo: ReadonlySet<number>;
  private readonly groups: readonly (readonly number[])[];
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

  constructor(
    private readonly graph: Graph,
    private readonly field: Field,
    private readonly options: WalkOptions,
  ) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
    this.fused = fusedActivations(graph, this.rules);
    this.fusedTo = new Set(this.fused);
    this.groups = schedule(graph, this.rules, this.fused);
    this.lifetimes = lifetimes(graph, this.rules, this.groups.flat());
    this.writers = producers(graph);
    this.readers = consumers(graph).map((indices) => [...new Set(indices)]);
    this.trained = trainedThresholds(graph, this.rules);
    this.origins = roundedOrigins(graph, this.rules);
  }

  async run(): Promise<LayerThresholds[]> {
    let done = 0;
    for (const group of this.groups) {
      await this.visitGroup(group, done);
      done += group.length;
      await this.release(group, done - 1);
    }
    const names = new Set(this.graph.nodes.map(({ name }) => name));
    const found = [...names].flatMap((name) => this.drafts.get(name) ?? []);
    await this.search(found.map(({ out }) => out));
    return found.map(({ out, ...draft }) => ({ ...draft, th_layer_out: out.th! }));
  }

  /** `place`: how many nodes the walk has been at before. */
  private async visitGroup(group: readonly number[], place: number): Promise<void> {
    await this.search(
      group.flatMap((index) =>
        this.roundsInput(index) ? (this.states[this.graph.nodes[index]!.inputs[0]!]?.cell ?? []) : [],
      ),
    );
    const weighted: Weighted[] = [];
    for (const [i, index] of group.entries()) {
      const node = this.graph.nodes[index]!;
      this.options.onNode?.(node, place + i, this.graph.nodes.length);
      const rule = this.rules[index]!;
      if (rule.kind === 'weighted') weighted.push(await this.prepare(node, index, rule));
      else if (!this.fusedTo.has(index)) await this.visit(node, index, place + i);
    }
    if (weighted.length === 0) return;
    const statistics = await this.field.steps(weighted.map(({ step }) => step));
    weighted.forEach((one, i) => this.finish(one, statistics[i]!));
  }

  /** Whether a node of a group of several reads codes: their thresholds are searched together. */
  private roundsInput(index: number): boolean {
    const { kind } = this.rules[index]!;
    return kind === 'weighted' || kind === 'pool';
  }

  /** Every kind of node but the weighted. `place`: its place in the order of the walk. */
  private async visit(node: GraphNode, index: number, place: number): Promise<void> {
    const rule = this.rules[index]!;
    switch (rule.kind) {
      case 'input':
        return this.input(node);
      case 'activation':
        return this.activation(node, index);
      case 'pool':
        return this.pool(node, index, rule);
      case 'shape':
        return this.shapeOnly(node, index);
      case 'lrn':
        return this.lrn(node, index);
      case 'concat':
        return this.concat(node, index, place);
      case 'eltwise':
        return this.eltwise(node, index);
      case 'host':
        return this.host(node, index);
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
      this.weights.set(
        node,
        weightThresholds(node, shapesOf(this.graph, node)).map((th) => this.onGrid(th, this.options.widths.params)),
      );
    });
  }

  /** Rounds the input of a weighted node, and says what is to be done then. */
  private async prepare(node: GraphNode, index: number, rule: Rule & { kind: 'weighted' }): Promise<Weighted> {
    const fused = this.fused[index]! < 0 ? null : this.fused[index]!;
    const end = fused === null ? node : this.graph.nodes[fused]!;
    const input = await this.codes(node.inputs[0]!, node);
    return {
      node,
      end,
      form: rule.form,
      step: {
        do: 'weighted',
        node: index,
        fused,
        input,
        thParams: this.weights.get(node)!,
        bwParams: this.options.widths.params,
        output: end.outputs[0]!,
      },
    };
  }

  private finish({ node, end, form, step: { input, thParams, output } }: Weighted, statistics: Statistics): void {
    const { params, output: bw } = this.options.widths;
    const cell = this.cell(end, output, checkFinite(node, statistics, this.options.imageName), bw);
    this.written(output, statistics, cell, bw);
    this.draft(node, {
      form,
      bw_layer_in: input.bw,
      bw_params: params,
      th_layer_in: input.th,
      th_params: thParams,
      channels: thParams.length,
      area: 1,
      out: cell,
    });
  }

  /**
   * Computed from the unrounded output of the layer before it; takes that layer's threshold over. A Pooling or shape-only layer,
   * run again, gives codes on the grid it was given: those, also after a Concat has changed the grid.
   */
  private async activation(node: GraphNode, index: number): Promise<void> {
    const [id, output] = [node.inputs[0]!, node.outputs[0]!];
    const state = this.states[id]!;
    const from = state.float || !this.origins.direct[id] ? this.raw(id) : (state.kept ?? (await this.codes(id, node)));
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

  private async pool(node: GraphNode, index: number, rule: Rule & { kind: 'pool' }): Promise<void> {
    const [id, output] = [node.inputs[0]!, node.outputs[0]!];
    const { cell, bw } = this.states[id]!;
    if (cell === null) return this.host(node, index);
    const input = await this.codes(id, node);
    await this.step(node, { do: 'pool', node: index, input });
    this.passed(output, cell, bw);
    const channels = this.graph.values[output]!;
    if (rule.operation === 'average')
      this.draft(node, {
        form: 'AveragePooling',
        bw_layer_in: bw,
        bw_params: 0,
        bw_layer_out: bw,
        th_layer_in: input.th,
        th_params: [],
        channels: channels.shape[channels.layout === 'NCHW' ? 1 : channels.shape.length - 1]!,
        area: rule.area,
        out: cell,
      });
  }

  private async shapeOnly(node: GraphNode, index: number): Promise<void> {
    const { cell, bw } = this.states[node.inputs[0]!]!;
    const wants = (form: Int32Array): boolean => node.outputs.some((id) => form[id]! >= 0);
    const raw = cell === null || (wants(this.lifetimes.raw) && this.states[node.inputs[0]!]!.hasRaw);
    let statistics: Statistics | null = null;
    if (raw)
      statistics = await this.step(node, {
        do: 'move',
        node: index,
        inputs: node.inputs.map((id) => this.raw(id)),
        form: 'raw',
        bw: 0,
      });
    if (cell === null)
      return node.outputs.forEach((id) => this.written(id, node.outputs.length === 1 ? statistics : null, null, 0));
    // Nothing reads what a shape-only layer at the network's end makes.
    const codes = wants(this.lifetimes.codes) || (!raw && wants(this.lifetimes.raw));
    if (codes)
      await this.step(node, {
        do: 'move',
        node: index,
        inputs: [await this.codes(node.inputs[0]!, node)],
        form: 'codes',
        bw,
      });
    for (const id of node.outputs)
      this.states[id] = {
        cell,
        bw,
        rounded: codes ? cell : null,
        kept: null,
        float: false,
        hasRaw: raw,
        statistics: node.outputs.length === 1 ? statistics : null,
      };
  }

  private async lrn(node: GraphNode, index: number): Promise<void> {
    const { cell, bw } = this.states[node.inputs[0]!]!;
    if (cell === null) return this.host(node, index);
    const statistics = await this.step(node, {
      do: 'float',
      node: index,
      inputs: [await this.codes(node.inputs[0]!, node)],
    });
    this.written(node.outputs[0]!, statistics, cell, bw);
  }

  private async host(node: GraphNode, index: number): Promise<void> {
    const inputs: Ref[] = [];
    for (const id of node.inputs)
      inputs.push(this.states[id]!.cell === null ? this.raw(id) : await this.codes(id, node));
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
    this.draft(node, {
      form: 'Eltwise',
      bw_layer_in: bw,
      bw_params: 0,
      th_layer_in: th,
      th_params: [],
      channels: 1,
      area: 1,
      out: cell,
    });
  }

  /** One search over all operands together; the result is written back to the operands and their makers. */
  private async concat(node: GraphNode, index: number, place: number): Promise<void> {
    if (node.inputs.every((id) => this.states[id]!.cell === null)) return this.host(node, index);
    const bw = this.options.widths.output;
    const inputs: Ref[] = [];
    for (const id of node.inputs) {
      if (this.states[id]!.cell === null) await this.codes(id, node);
      inputs.push(this.origins.seenThroughShape[id] ? await this.codes(id, node) : this.raw(id));
    }
    const statistics = await this.statisticsOf(inputs, node);
    const cell: Cell = { th: null, source: inputs, statistics, bw, node, holders: 0 };
    const th = await this.force(cell);
    const output = node.outputs[0]!;
    const raw = this.lifetimes.raw[output]! >= 0;
    if (raw) await this.step(node, { do: 'float', node: index, inputs });
    await this.step(node, { do: 'concat', node: index, inputs, th, bw });
    this.states[output] = { cell, bw, rounded: cell, kept: null, float: false, hasRaw: raw, statistics };
    for (const id of node.inputs) await this.writeBack(id, cell, node, place);
  }

  /** Gives the operand the Concat's threshold, and the entry of the layer that made it; what lies between keeps its own. */
  private async writeBack(id: ValueId, cell: Cell, node: GraphNode, place: number): Promise<void> {
    const state = this.states[id]!;
    if (!state.float && state.kept === null && this.lifetimes.kept[id]! > place) await this.keep(id, node);
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
      const through =
        kind === 'activation' ||
        kind === 'shape' ||
        (this.options.unifyConcat === true && (kind === 'pool' || kind === 'concat'));
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
    const cell: Cell = {
      th: trained === undefined ? null : this.onGrid(trained, bw),
      source: [{ id, form: 'raw' }],
      statistics,
      bw,
      node,
      holders: 0,
    };
    (this.cells[id] ??= []).push(cell);
    return cell;
  }

  private onGrid(th: number, bw: number): number {
    return this.options.powerOfTwo === true ? powerOfTwoThreshold(th, bw) : th;
  }

  private async force(cell: Cell): Promise<number> {
    await this.search([cell]);
    return cell.th!;
  }

  /** Searches the thresholds of cells, as far as nobody has before; together, for each time is a wait for all threads. */
  private async search(cells: readonly Cell[]): Promise<void> {
    const open = [...new Set(cells)].filter(({ th }) => th === null);
    if (open.length === 0) return;
    const blobs = open.map(({ source, statistics, bw }) => ({ refs: source, statistics: statistics!, bw }));
    const found = await findThresholds(blobs, (asked) => this.field.histograms(asked));
    open.forEach((cell, i) => (cell.th = this.onGrid(found[i]!, cell.bw)));
  }

  /** Statistics of stored forms taken together; only what has not been measured when it was written is measured now. */
  private async statisticsOf(refs: readonly Ref[], reader: GraphNode): Promise<Statistics> {
    const known = refs.map(({ id, form }) => (form === 'raw' ? this.states[id]!.statistics : null));
    if (known.every((statistics) => statistics !== null)) return known.reduce(merge);
    return checkFinite(reader, await this.field.statistics(refs), this.options.imageName);
  }

  private raw(id: ValueId): Ref {
    if (!this.states[id]!.hasRaw)
      fail('internal', '', `the unrounded form of "${this.graph.values[id]!.blob}" was released too early.`);
    return { id, form: 'raw' };
  }

  /** The value as codes on its present grid, rounded now if it was not, or not with this threshold. */
  private async codes(id: ValueId, reader: GraphNode): Promise<CodesRef> {
    const state = this.states[id]!;
    if (state.cell === null) {
      const statistics = await this.statisticsOf([this.raw(id)], reader);
      state.bw = this.options.widths.input;
      state.cell = this.cell(reader, id, statistics, state.bw);
    }
    const th = await this.force(state.cell);
    if (state.rounded !== state.cell) {
      const from: Ref =
        state.hasRaw && !this.keepsRounding(id)
          ? { id, form: 'raw' }
          : { id, form: 'codes', th: await this.force(state.rounded!), bw: state.bw };
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
    return checkFinite(node, (await this.field.steps([step]))[0]!, this.options.imageName);
  }

  /** Forgets what no later node reads; rounds first where only the codes live on, and settles what an entry still waits for. */
  private async release(group: readonly number[], place: number): Promise<void> {
    const ids = [
      ...new Set(group.flatMap((index) => [...this.graph.nodes[index]!.inputs, ...this.graph.nodes[index]!.outputs])),
    ].filter((id) => this.states[id] !== undefined);
    const lasting = (id: ValueId): boolean => this.states[id]!.cell !== null && this.lifetimes.codes[id]! > place;
    const dying = new Set(ids.filter((id) => this.states[id]!.hasRaw && this.lifetimes.raw[id]! <= place));
    // While their values are still there.
    await this.search(
      [...dying].flatMap((id) => [
        ...(lasting(id) ? [this.states[id]!.cell!] : []),
        ...(this.cells[id] ?? []).filter(({ holders }) => holders > 0),
      ]),
    );
    const freed: { id: ValueId; form: Form }[] = [];
    for (const id of ids) {
      const state = this.states[id]!;
      if (dying.has(id)) {
        if (lasting(id)) await this.codes(id, this.graph.nodes[this.writers[id]!]!);
        freed.push({ id, form: 'raw' });
        state.hasRaw = false;
      }
      if (this.lifetimes.codes[id]! <= place && !state.hasRaw && state.rounded !== null)
        freed.push({ id, form: 'codes' });
      if (this.lifetimes.kept[id]! <= place && state.kept !== null) freed.push({ id, form: 'kept' });
    }
    if (freed.length > 0) await this.field.steps([{ do: 'free', values: freed }]);
  }
}
