import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { accumulates, isActivation } from '../analysis/traits.js';
import { fail } from '../error.js';
import type { Grid } from '../fixed/grid.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import { gridsOf, type ScalingEntry } from '../scaling/index.js';
import { hostNodes } from './host-nodes.js';
import { type Entries, ON_ENTRY, ownEntry, wantedGrids } from './wanted-grids.js';

/**
 * How a value is kept: as codes on a grid of the overlay, or as float32 on the host. A host value with a grid is the result of
 * an LRN: if an overlay layer follows, it is quantized on the grid that passed through.
 */
export type ValuePlacement =
  | { readonly kind: 'codes'; readonly grid: Grid }
  | { readonly kind: 'float'; readonly grid: Grid | null };

/** A value that a layer's sums become, and the activation that gives it (null: the layer's own result). */
export interface Target {
  readonly value: ValueId;
  /** Index of the activation's node. */
  readonly activation: number | null;
}

const FLOAT: ValuePlacement = { kind: 'float', grid: null };

/**
 * Where everything of a network runs when it has the entries of a scaling file: for each value whether it is float32 of the host
 * or codes, and on which grid; for each layer whether it runs on the overlay. It depends on the network and the entries
 * only, not on the overlay and not on an image. Source: `docs/spec/overlay.md`, "Layers on the overlay".
 */
export class Placement {
  /** For each value how it is kept, by its id. */
  readonly values: readonly ValuePlacement[];
  private readonly wanted: readonly (Grid | undefined)[];

  /** Throws `data` where a layer has no entry and needs one. */
  constructor(
    readonly analysis: AnalysedGraph,
    readonly entries: Entries,
  ) {
    this.wanted = wantedGrids(analysis, entries, ON_ENTRY);
    this.values = this.placeValues();
  }

  value(id: ValueId): ValuePlacement {
    return this.values[id] ?? fail('internal', 'placement', `expected value ${id}, got none.`);
  }

  /** The grid of a value that is kept as codes. */
  codes(id: ValueId): Grid {
    const { kind, grid } = this.value(id);
    return kind === 'codes' ? grid : fail('internal', 'placement', `expected value ${id} as codes, got float32.`);
  }

  /** The entry of a layer; undefined where it has none. Throws `data` for a weighted layer that needs one. */
  entryOf(index: number): ScalingEntry | undefined {
    const entry = ownEntry(this.analysis, index, this.entries);
    const rule = this.analysis.rule(index);
    return entry === undefined && rule.kind === 'weighted' && rule.entry === 'always' ? this.noEntry(index) : entry;
  }

  /** Whether the results of a layer are float32 of the host; an input that no entry reads is such a result, too. */
  isOnHost(index: number): boolean {
    return this.value(this.analysis.output(index)).kind === 'float';
  }

  /**
   * The grid on which a value comes to the overlay: its own, that which passed through an LRN, or for another host value that
   * of its first reader with an entry, as for the network's input; undefined where there is none.
   */
  enteringGrid(id: ValueId): Grid | undefined {
    return this.value(id).grid ?? this.wanted[id];
  }

  /** The layer from whose accumulator an activation is computed on the overlay; null: none, the activation works on codes. */
  accumulatingLayer(index: number): number | null {
    const { analysis } = this;
    return isActivation(analysis.rule(index)) && this.value(analysis.input(index)).kind === 'codes'
      ? analysis.accumulatingLayer(index)
      : null;
  }

  /** The values that the sums of a layer with an accumulator become: its own result where it is read as such, then those of the activations that read it. */
  targetsOf(index: number): Target[] {
    const { analysis } = this;
    const value = analysis.output(index);
    const activations = analysis
      .activationsOf(value)
      .map((activation) => ({ value: analysis.output(activation), activation }));
    return analysis.isReadUnactivated(value) ? [{ value, activation: null }, ...activations] : activations;
  }

  /** Whether a value is computed: not where it is only the accumulator of its activations. */
  isComputed(id: ValueId): boolean {
    const { analysis } = this;
    const isAccumulator = accumulates(analysis.rule(analysis.writerOf(id))) && this.value(id).kind === 'codes';
    return !isAccumulator || analysis.isReadUnactivated(id);
  }

  private placeValues(): ValuePlacement[] {
    const { analysis } = this;
    const onHost = hostNodes(analysis, this.entries, (id) => this.wanted[id] === undefined);
    const values: ValuePlacement[] = [];
    for (const [index, node] of analysis.graph.nodes.entries()) {
      const placement = onHost[index] === true ? FLOAT : this.overlayResult(index, values);
      for (const id of node.outputs) values[id] = placement;
    }
    return values;
  }

  private overlayResult(index: number, values: readonly ValuePlacement[]): ValuePlacement {
    const rule = this.analysis.rule(index);
    const { inputs, outputs } = this.analysis.node(index);
    const entry = this.entryOf(index);
    if (entry !== undefined) return { kind: 'codes', grid: gridsOf(entry).output };
    if (accumulates(rule)) return this.noEntry(index);
    const wanted = outputs.map((id) => this.wanted[id])[0];
    if (rule.kind === 'input') return this.asCodes(index, wanted);
    if (rule.kind === 'concat') {
      const entering = inputs.map((id) => values[id]?.grid ?? this.wanted[id]).find((grid) => grid !== undefined);
      return this.asCodes(index, wanted ?? entering);
    }
    const [first = FLOAT] = inputs.map((id) => values[id]);
    return rule.kind === 'lrn' || (rule.kind === 'shape' && first.kind === 'float')
      ? { kind: 'float', grid: first.grid }
      : this.asCodes(index, first.grid);
  }

  private asCodes(index: number, grid: Grid | null | undefined): ValuePlacement {
    return grid == null
      ? fail('internal', describe(this.analysis.node(index)), 'expected a grid for its codes, got none.')
      : { kind: 'codes', grid };
  }

  private noEntry(index: number): never {
    return fail(
      'data',
      describe(this.analysis.node(index)),
      'expected an entry of its name in the scaling file, got none.',
      'Use the file that was made for this network; if it was made with --float_layers, pass the same here.',
    );
  }
}

/** The placement of a network as it is calibrated, with the entries of its scaling file. Throws `data` for a missing entry. */
export function placementOf(graph: Graph, entries: Entries): Placement {
  return new Placement(analyse(graph), entries);
}
