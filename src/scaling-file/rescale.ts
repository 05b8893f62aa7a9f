import type { Graph, ValueId } from '../graph/graph.js';
import { consumers } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { type Entries, type Form, formsOf, type Grid } from '../placement/placement.js';
import { buildEntry, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { bestDerivation, type EntryKind, rebuildEntry } from './entry-form.js';
import { type EntryLayer, type EntryLayers, entryLayers, hasParams, kindOf } from './entry-layers.js';

/** What a scaling file is made anew for. */
export interface RescaleTarget {
  readonly overlay: Overlay;
  /** New widths; the old ones where absent. */
  readonly widths?: { readonly input: number; readonly params: number; readonly output: number } | undefined;
}

/**
 * New scale factors and triples from the same thresholds, for another overlay or other widths. With the network (as it
 * is calibrated), average pooling entries are added for v3; for v2 they are left out.
 * @param from the overlay the entries are for
 */
export function rescale(
  entries: readonly ScalingEntry[],
  from: Overlay,
  target: RescaleTarget,
  graph?: Graph,
): ScalingEntry[] {
  const layers = graph === undefined ? undefined : entryLayers(graph, new Set(entries.map(({ name }) => name)));
  const kept = entries.filter(
    (entry) => target.overlay === 'v3' || kindIn(entry, layers, from).form !== 'AveragePooling',
  );
  const first = graph === undefined ? new Set<string>() : readersOfInput(graph, layers!);
  const resized = kept.map((entry) => ({
    entry: withWidths(entry, target, first.has(entry.name)),
    kind: kindIn(entry, layers, from),
  }));
  const rebuilt = resized.map(({ entry, kind }) => rebuildEntry(entry, kind, target.overlay));
  return graph === undefined || target.overlay === 'v2' ? rebuilt : withPooling(rebuilt, graph, layers!);
}

/** Whether an entry is an average pooling's, as far as the file or the network tells. */
export function isPooling(entry: ScalingEntry, overlay: Overlay): boolean {
  return kindIn(entry, undefined, overlay).form === 'AveragePooling';
}

function kindIn(entry: ScalingEntry, layers: EntryLayers | undefined, overlay: Overlay): EntryKind {
  const layer = layers?.get(entry.name);
  const known = layer !== undefined && hasParams(layer) === (entry.th_params !== undefined);
  return known ? kindOf(layer) : bestDerivation(entry, overlay).kind;
}

function withWidths(entry: ScalingEntry, { widths }: RescaleTarget, readsInput: boolean): ScalingEntry {
  if (widths === undefined) return entry;
  const params = entry.th_params === undefined ? {} : { bw_params: widths.params };
  return { ...entry, ...params, bw_layer_in: readsInput ? widths.input : widths.output, bw_layer_out: widths.output };
}

/** Layers that see the network's input, or what a host layer made, first: their width in is that of the input. */
function readersOfInput(graph: Graph, layers: EntryLayers): Set<string> {
  const isInput: boolean[] = [];
  const readers = new Set<string>();
  for (const node of graph.nodes) {
    const { kind } = opOf(node).rule(node, shapesOf(graph, node));
    const fresh =
      kind === 'input' ||
      kind === 'host' ||
      (kind !== 'weighted' && kind !== 'eltwise' && kind !== 'concat' && isInput[node.inputs[0]!] === true);
    if (layers.has(node.name) && isInput[node.inputs[0]!] === true) readers.add(node.name);
    node.outputs.forEach((id) => (isInput[id] = fresh));
  }
  return readers;
}

/** The entries with one for every average pooling on the overlay that has none. */
function withPooling(entries: readonly ScalingEntry[], graph: Graph, layers: EntryLayers): ScalingEntry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  const forms = formsOf(graph, rules, byName);
  const wanted = firstWanted(graph, rules, byName);
  for (const layer of layers.values()) {
    const input = forms[layer.node.inputs[0]!]!;
    if (layer.form === 'AveragePooling' && layer.need === 'v3' && !byName.has(layer.node.name) && input.th !== null)
      byName.set(layer.node.name, poolingEntry(layer, input, wanted));
  }
  const place = (entry: ScalingEntry): number => layers.get(entry.name)?.index ?? Infinity;
  return [...byName.values()].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function poolingEntry(layer: EntryLayer, input: Form, wanted: readonly (Grid | undefined)[]): ScalingEntry {
  const out = wanted[layer.node.outputs[0]!] ?? { th: input.th!, bw: input.bw };
  return buildEntry(
    {
      name: layer.node.name,
      form: 'AveragePooling',
      area: layer.area,
      channels: layer.channels,
      th_params: [],
      bw_params: 0,
      bw_layer_in: input.bw,
      bw_layer_out: out.bw,
      th_layer_in: input.th!,
      th_layer_out: out.th,
    },
    'v3',
  );
}

/** For each value the grid of the first entry behind it, seen through an activation too: the walk gives a pooling that threshold. */
function firstWanted(graph: Graph, rules: readonly Rule[], entries: Entries): (Grid | undefined)[] {
  const readers = consumers(graph);
  const wanted: (Grid | undefined)[] = [];
  const behind = (id: ValueId): Grid | undefined => {
    for (const index of readers[id]!) {
      const node = graph.nodes[index]!;
      const entry = entries.get(node.name);
      const { kind } = rules[index]!;
      if (entry !== undefined) return kind === 'eltwise' ? undefined : { th: entry.th_layer_in, bw: entry.bw_layer_in };
      const found = kind === 'shape' || kind === 'pool' || kind === 'activation' ? wanted[node.outputs[0]!] : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  // Backwards: whoever reads a value comes after its writer.
  [...graph.nodes].reverse().forEach((node) => node.outputs.forEach((id) => (wanted[id] = behind(id))));
  return wanted;
}
