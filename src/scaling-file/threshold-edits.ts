import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { isActivation, keepsThreshold } from '../analysis/traits.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { type Placement, placementOf } from '../placement/placement.js';
import { entriesByName } from '../placement/wanted-grids.js';
import type { ScalingEntry } from '../scaling/index.js';
import type { EntryEdit } from './edit-entries.js';

/**
 * Edits that give a value another threshold, wherever the file has it: as `th_layer_out` of the layer that makes the value, as
 * `th_layer_in` of those that read it, behind layers that keep a threshold and on both sides of a Concat too, as far as the
 * thresholds are equal now. An Eltwise whose `th_layer_in` is the largest of its operands' thresholds keeps to that, and with it
 * what follows. Throws `data` where an entry is missing.
 */
export function thresholdEdits(
  entries: readonly ScalingEntry[],
  graph: Graph,
  id: ValueId,
  threshold: number,
): Map<string, EntryEdit> {
  return new ThresholdChange(placementOf(graph, entriesByName(entries))).edits(id, threshold);
}

class ThresholdChange {
  private readonly analysis: AnalysedGraph;
  private readonly changed = new Map<ValueId, number>();

  constructor(private readonly placement: Placement) {
    this.analysis = placement.analysis;
  }

  edits(id: ValueId, threshold: number): Map<string, EntryEdit> {
    this.change(id, threshold);
    // A sum that changes can feed an earlier one through the other operands of a Concat.
    while (this.changeSums());
    return new Map(
      this.analysis.graph.nodes.flatMap(({ name }, index) => {
        const edit = this.editOf(index);
        return Object.keys(edit).length === 0 ? [] : [[name, edit] as const];
      }),
    );
  }

  /** The threshold of a value as it is in the file; undefined where it has none. */
  private before(id: ValueId): number | undefined {
    return this.placement.enteringGrid(id)?.threshold;
  }

  private after(id: ValueId): number | undefined {
    return this.changed.get(id) ?? this.before(id);
  }

  /** Gives a value and all that share its threshold another one. */
  private change(first: ValueId, threshold: number): void {
    const shared = this.before(first);
    const open = [first];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (this.changed.has(id) || this.before(id) !== shared) continue;
      this.changed.set(id, threshold);
      open.push(...this.neighbours(id));
    }
  }

  /** The values before and behind a value that may have its threshold. */
  private neighbours(id: ValueId): ValueId[] {
    const { analysis } = this;
    const writer = analysis.writerOf(id);
    const before = this.passes(writer) ? analysis.node(writer).inputs : [];
    const behind = analysis.readersOf(id).filter((reader) => this.passes(reader));
    return [...before, ...behind.flatMap((reader) => analysis.node(reader).outputs)];
  }

  private passes(index: number): boolean {
    const rule = this.analysis.rule(index);
    return keepsThreshold(rule) || isActivation(rule) || rule.kind === 'concat';
  }

  /** Changes what follows from the largest threshold of an Eltwise's operands. Whether anything changed. */
  private changeSums(): boolean {
    const before = this.changed.size;
    for (const index of this.analysis.graph.nodes.keys()) {
      const entry = this.sum(index);
      const output = this.analysis.output(index);
      if (entry === undefined || this.changed.has(output) || entry.th_layer_out !== entry.th_layer_in) continue;
      const largest = this.largest(index, (id) => this.after(id));
      if (largest !== entry.th_layer_in) this.change(output, largest);
    }
    return this.changed.size > before;
  }

  /** The entry of an Eltwise whose operands come on the grid of the largest threshold. */
  private sum(index: number): ScalingEntry | undefined {
    if (this.analysis.rule(index).kind !== 'eltwise') return undefined;
    const entry = this.placement.entryOf(index);
    return entry?.th_layer_in === this.largest(index, (id) => this.before(id)) ? entry : undefined;
  }

  private largest(index: number, of: (id: ValueId) => number | undefined): number {
    return this.analysis.node(index).inputs.reduce((most, id) => Math.max(most, of(id) ?? 0), 0);
  }

  private editOf(index: number): EntryEdit {
    const entry = this.placement.entryOf(index);
    if (entry === undefined) return {};
    const output = this.placement.targetsOf(index).map(({ value }) => this.changed.get(value));
    const th_layer_out = output.find((each) => each !== undefined);
    const th_layer_in = this.inputOf(index, entry);
    return {
      ...(th_layer_in === undefined ? {} : { th_layer_in }),
      ...(th_layer_out === undefined ? {} : { th_layer_out }),
    };
  }

  private inputOf(index: number, { th_layer_in }: ScalingEntry): number | undefined {
    if (this.sum(index) !== undefined) return this.largest(index, (id) => this.after(id));
    const input = this.analysis.input(index);
    return this.before(input) === th_layer_in ? this.changed.get(input) : undefined;
  }
}
