import { type AnalysedGraph, analyse, type RuleOf } from '../analysis/analysed-graph.js';
import type { BitWidth } from '../fixed/grid.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';
import type { CalibrationPlan, PlannedEntry, PlanOptions, WeightedOutput } from './plan.js';
import { PlanBuilder } from './plan-builder.js';
import type { ThresholdId } from './step.js';

type EntryDraft = { -readonly [key in keyof PlannedEntry]: PlannedEntry[key] };

/**
 * Plans the reference walk of `docs/spec/quantizer.md`, section 5: the float graph is run once, nothing is rounded.
 * Each convolution and inner product is measured at its input and its raw output. Each Concat's output is measured
 * once, and its threshold becomes `th_layer_out` of the nearest layer with an entry that a depth-first search backwards
 * from each of its inputs finds. The graph is unfolded: biases and batch norms are layers of their own.
 */
export function planReference(graph: Graph, options: PlanOptions): CalibrationPlan {
  const network = analyse(graph);
  const builder = new PlanBuilder(network, options);
  const { input, params, output } = options.widths;
  const entries = new Map<number, EntryDraft>();
  const thresholdOf = memoized(builder);
  for (const [index, rule] of network.rules.entries()) {
    const { name, inputs } = network.node(index);
    if (rule.kind === 'input') builder.step({ do: 'input', node: index });
    else builder.step({ do: 'float', node: index, inputs: inputs.map((value) => ({ value, grid: null })) });
    if (!isMeasured(rule)) continue;
    entries.set(index, {
      name,
      form: rule.form,
      bw_layer_in: input,
      bw_params: params,
      bw_layer_out: output,
      th_layer_in: thresholdOf(network.input(index), input),
      th_layer_out: thresholdOf(network.output(index), output),
      th_params: builder.weights(index, params),
      channels: rule.channels,
      area: 1,
    });
  }
  const written = [...entries].filter(([, { form }]) => form === 'Convolution' || options.includeInnerProduct === true);
  writeBackConcats(network, new Map(written), (index) => thresholdOf(network.output(index), output));
  return builder.build([...entries.values()], []);
}

function isMeasured(rule: Rule): rule is RuleOf<'weighted'> {
  return rule.kind === 'weighted' && (rule.form === 'Convolution' || rule.form === 'InnerProduct');
}

/** One threshold for each value and width, measured at the layer that writes the value. */
function memoized(builder: PlanBuilder): (value: ValueId, bits: BitWidth) => ThresholdId {
  const known = new Map<string, ThresholdId>();
  return (value, bits) => {
    const key = `${value}, ${bits} bits`;
    const threshold =
      known.get(key) ?? builder.thresholdOf(value, bits, builder.network.writerOf(value), sourceOf(builder, value));
    known.set(key, threshold);
    return threshold;
  };
}

/** The weighted layer that writes a value; null: another does. */
function sourceOf({ network }: PlanBuilder, value: ValueId): WeightedOutput | null {
  const layer = network.writerOf(value);
  return network.rule(layer).kind === 'weighted' ? { layer, activation: null } : null;
}

/** After all layers are measured: each Concat's threshold becomes `th_layer_out` of the layers that it joins. */
function writeBackConcats(
  network: AnalysedGraph,
  entries: ReadonlyMap<number, EntryDraft>,
  thresholdOf: (concat: number) => ThresholdId,
): void {
  for (const [index, { kind }] of network.rules.entries()) {
    if (kind !== 'concat') continue;
    for (const id of network.node(index).inputs) {
      const entry = nearestEntry(network, entries, id);
      if (entry !== undefined) entry.th_layer_out = thresholdOf(index);
    }
  }
}

/** The first entry that a depth-first search backwards from a value meets. */
function nearestEntry(
  network: AnalysedGraph,
  entries: ReadonlyMap<number, EntryDraft>,
  id: ValueId,
): EntryDraft | undefined {
  const seen = new Set<number>();
  const open = [id];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const index = network.writerOf(value);
    if (index < 0 || seen.has(index)) continue;
    seen.add(index);
    const entry = entries.get(index);
    if (entry !== undefined) return entry;
    open.push(...[...network.node(index).inputs].reverse());
  }
  return undefined;
}
