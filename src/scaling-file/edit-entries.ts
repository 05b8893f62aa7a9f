import { analyse } from '../analysis/analysed-graph.js';
import { weightThresholds } from '../analysis/weights.js';
import type { Graph } from '../graph/graph.js';
import { entryLayers } from '../placement/entry-layers.js';
import { type OverlayChoice, overlayOf, type ScalingEntry } from '../scaling/index.js';
import { kindOf, rebuildEntry } from './entry-form.js';
import { isRaised, withLargestWeights } from './rescale.js';

/** New thresholds and widths of an entry; the present ones where absent. */
export type EntryEdit = Partial<
  Pick<ScalingEntry, 'th_layer_in' | 'th_layer_out' | 'th_params' | 'bw_layer_in' | 'bw_layer_out' | 'bw_params'>
>;

/**
 * The entries with edits, by name, and with the scale factors and triples that follow. Entries without an edit that changes
 * something stay the same objects. Thresholds of weights that are raised for exact multipliers are raised anew, from the
 * largest weights. The graph must have its weights.
 */
export function withEdits(
  entries: readonly ScalingEntry[],
  graph: Graph,
  edits: ReadonlyMap<string, EntryEdit>,
  overlay: OverlayChoice,
): ScalingEntry[] {
  const layers = entryLayers(graph, new Set(entries.map(({ name }) => name)));
  return entries.map((entry) => {
    const edit = edits.get(entry.name);
    const layer = layers.get(entry.name);
    if (edit === undefined || layer === undefined || !changes(entry, edit)) return entry;
    const exact = isRaised(entry);
    const [lowered = entry] = edit.th_params === undefined ? withLargestWeights([entry], graph) : [entry];
    return rebuildEntry({ ...lowered, ...edit }, kindOf(layer), overlayOf(overlay), exact);
  });
}

/** Which weights share a threshold: those of an output channel, or all of a layer. */
export type WeightThresholds = 'channel' | 'layer';

/** Edits that give every layer with weights one threshold for each output channel, or one for all: the largest magnitude. */
export function weightThresholdEdits(
  entries: readonly ScalingEntry[],
  graph: Graph,
  shared: WeightThresholds,
): Map<string, EntryEdit> {
  const analysis = analyse(graph);
  const edits = new Map<string, EntryEdit>();
  for (const { name, th_params } of entries) {
    const index = analysis.indexOf(name);
    if (index === undefined || th_params === undefined || analysis.rule(index).kind !== 'weighted') continue;
    const channels = weightThresholds(analysis.node(index), analysis.shapesOf(index));
    const largest = channels.reduce((most, each) => Math.max(most, each), 0);
    edits.set(name, { th_params: shared === 'channel' ? channels : channels.map(() => largest) });
  }
  return edits;
}

function changes(entry: ScalingEntry, edit: EntryEdit): boolean {
  return (Object.keys(edit) as (keyof EntryEdit)[]).some((key) => {
    const [old, next] = [entry[key], edit[key]];
    return Array.isArray(old) && Array.isArray(next) ? old.some((each, i) => each !== next[i]) : old !== next;
  });
}
