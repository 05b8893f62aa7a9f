import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { accumulates } from '../analysis/traits.js';
import type { BitWidth } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';
import type { BitWidths, PlannedWidths } from './plan.js';

/** What the widths of layers and values follow from. */
export interface WidthOptions {
  /** Of layers that are not named. */
  readonly widths: BitWidths;
  /** By index of the node: the width of the layer's input codes and weights. */
  readonly named?: ReadonlyMap<number, BitWidth> | undefined;
  /** Whether inner products have entries; those without run on the host, which reads codes of any width. */
  readonly includeInnerProduct?: boolean | undefined;
}

/**
 * The widths of a network's values and layers in the progressive walk. A named weighted layer or Eltwise reads codes of its own
 * width and has weights of it; others have those of `widths`. A value has the largest width that its readers want, behind
 * layers that pass codes on; the network's input and host results that of the first reader.
 * Source: docs/spec/quantizer.md, section 4.14.
 */
export class LayerWidths implements PlannedWidths {
  private readonly named: ReadonlyMap<number, BitWidth>;
  /** For each value whether it is float32 of the host, and its width where no layer is named. */
  private readonly isFloat: boolean[] = [];
  /** Host results that a quantized layer has read: layers that are walked later see them rounded. */
  private readonly rounded = new Set<ValueId>();
  private readonly defaults: BitWidth[] = [];
  /** For each value the widths that its readers want, in their order; none: any will do. */
  private readonly wanted: (readonly BitWidth[])[] = [];
  private readonly values: BitWidth[] = [];

  constructor(
    private readonly network: AnalysedGraph,
    private readonly options: WidthOptions,
  ) {
    this.named = options.named ?? new Map();
    const { nodes } = network.graph;
    for (const index of nodes.keys()) this.setDefaults(index);
    // Backwards, for the readers of a value come after its writer.
    for (const { outputs } of [...nodes].reverse())
      for (const id of outputs) this.wanted[id] = network.readersOf(id).flatMap((reader) => this.wantedBy(reader));
    for (const [index, { outputs }] of nodes.entries())
      for (const id of outputs) this.values[id] = this.width(index, id);
  }

  /** Of the codes of a value: where it is written, or where it comes from the host. */
  value(id: ValueId): BitWidth {
    return this.values[id] ?? this.options.widths.output;
  }

  /** Of the codes that a weighted layer or an Eltwise reads; a layer without an entry takes them as they are. */
  input(index: number): BitWidth {
    const named = this.named.get(index);
    if (named !== undefined) return named;
    const rule = this.network.rule(index);
    const byDefault = this.defaults[this.network.input(index)] ?? this.options.widths.input;
    if (this.named.size === 0) return byDefault;
    if (rule.kind === 'eltwise') return this.value(this.network.output(index));
    return this.hasEntry(rule) ? byDefault : this.value(this.network.input(index));
  }

  /** Of a weighted layer's weights. */
  params(index: number): BitWidth {
    return this.named.get(index) ?? this.options.widths.params;
  }

  /** Whether a layer's result is float32 of the host. */
  isOnHost(index: number): boolean {
    return this.isFloat[this.network.output(index)] === true;
  }

  private setDefaults(index: number): void {
    const rule = this.network.rule(index);
    const { inputs, outputs } = this.network.node(index);
    const isFloat = this.computesFloat(index);
    const bits = this.defaultWidth(index, isFloat);
    for (const id of outputs) [this.isFloat[id], this.defaults[id]] = [isFloat, bits];
    if (!isFloat && (accumulates(rule) || rule.kind === 'concat')) for (const id of inputs) this.rounded.add(id);
  }

  private computesFloat(index: number): boolean {
    const { kind } = this.network.rule(index);
    if (kind === 'input' || kind === 'weighted') return false;
    const isHostValue = (id: ValueId): boolean => this.isFloat[id] === true && !this.rounded.has(id);
    return kind === 'host' || this.network.node(index).inputs.every(isHostValue);
  }

  private defaultWidth(index: number, isFloat: boolean): BitWidth {
    const rule = this.network.rule(index);
    const { input, output } = this.options.widths;
    if (isFloat || rule.kind === 'input') return input;
    return passes(rule) ? (this.defaults[this.network.input(index)] ?? input) : output;
  }

  private wantedBy(index: number): readonly BitWidth[] {
    const rule = this.network.rule(index);
    const named = this.named.get(index);
    if (named !== undefined) return [named];
    if (rule.kind === 'weighted') return this.hasEntry(rule) ? [this.input(index)] : [];
    const wanted = this.network.node(index).outputs.flatMap((id) => this.wanted[id] ?? []);
    if (rule.kind === 'host') return [];
    return wanted.length === 0 || passes(rule) ? wanted : [largest(wanted)];
  }

  private hasEntry(rule: Rule): boolean {
    return rule.kind !== 'weighted' || rule.form !== 'InnerProduct' || this.options.includeInnerProduct === true;
  }

  private width(index: number, id: ValueId): BitWidth {
    const rule = this.network.rule(index);
    const [first, ...others] = this.wanted[id] ?? [];
    const byDefault = this.defaults[id] ?? this.options.widths.output;
    if (this.named.size === 0) return byDefault;
    if (this.isFloat[id] === true || rule.kind === 'input') return first ?? byDefault;
    if (passes(rule)) return this.value(this.network.input(index));
    if (first !== undefined) return largest([first, ...others]);
    if (rule.kind === 'weighted') return byDefault;
    // Where any width will do, a Concat or an Eltwise keeps that of its operands.
    return (
      this.named.get(index) ??
      largest([byDefault, ...this.network.node(index).inputs.map((input) => this.value(input))])
    );
  }
}

/** Whether a layer's output has the width of its input: not layers with an accumulator, and not a Concat, which rounds again. */
function passes(rule: Rule): boolean {
  return !accumulates(rule) && rule.kind !== 'concat' && rule.kind !== 'input' && rule.kind !== 'host';
}

function largest(widths: readonly BitWidth[]): BitWidth {
  return widths.includes(16) ? 16 : 8;
}
