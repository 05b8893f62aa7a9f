import { analyse } from '../analysis/analysed-graph.js';
import { isActivation, keepsThreshold } from '../analysis/traits.js';
import { weightThresholds } from '../analysis/weights.js';
import { type BitWidth, type Grid, stepOf, ZERO } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { log2, powerOfTwo } from '../math.js';
import { type EntryLayer, type EntryLayers, entryLayers, hasParams } from '../placement/entry-layers.js';
import { placementOf } from '../placement/placement.js';
import { AFTER_POOLING, entriesByName, wantedGrids } from '../placement/wanted-grids.js';
import {
  buildEntry,
  gridsOf,
  type Overlay,
  type OverlayChoice,
  overlayOf,
  type ScalingEntry,
} from '../scaling/index.js';
import { hasWidths } from './check-grids.js';
import { bestDerivation, type EntryKind, kindOf, rebuildEntry } from './entry-form.js';
import { inNetworkOrder } from './network-order.js';
import { hasThresholds, raisedThresholds } from './raised-thresholds.js';

/** The overlay and the widths that a scaling file is rescaled for. */
export interface RescaleTarget {
  readonly overlay: OverlayChoice;
  /** The entries whose thresholds of weights are raised for exact multipliers where the overlay clips before it scales. */
  readonly exact?: ReadonlySet<string> | undefined;
  /** New widths; the old ones where absent. */
  readonly widths?: { readonly input: BitWidth; readonly params: BitWidth; readonly output: BitWidth } | undefined;
}

/**
 * New scale factors and triples from the same thresholds, for another overlay or other widths. With the network (as it is
 * calibrated), average pooling entries are added for an overlay that has them; for other overlays they are left out.
 * @param from the overlay the entries are for
 */
export function rescale(
  entries: readonly ScalingEntry[],
  from: OverlayChoice,
  target: RescaleTarget,
  graph?: Graph,
): ScalingEntry[] {
  const [source, overlay] = [overlayOf(from), overlayOf(target.overlay)];
  const layers = graph === undefined ? undefined : entryLayers(graph, new Set(entries.map(({ name }) => name)));
  const first = graph === undefined || layers === undefined ? new Set<string>() : readersOfInput(graph, layers);
  const rebuilt = entries.flatMap((entry) => {
    const kind = kindIn(entry, layers, source);
    if (kind.form === 'AveragePooling' && !overlay.hasPoolingEntries) return [];
    return [
      rebuildEntry(withWidths(entry, target, first.has(entry.name)), kind, overlay, target.exact?.has(entry.name)),
    ];
  });
  return graph === undefined || layers === undefined || !overlay.hasPoolingEntries
    ? rebuilt
    : withPooling(rebuilt, graph, layers, overlay);
}

/**
 * The entries with the largest weights of the network as thresholds, where theirs were raised for exact multipliers.
 * The graph must have its weights.
 */
export function withLargestWeights(entries: readonly ScalingEntry[], graph: Graph): ScalingEntry[] {
  const analysis = analyse(graph);
  return entries.map((entry) => {
    const index = analysis.indexOf(entry.name);
    if (index === undefined || analysis.rule(index).kind !== 'weighted' || !isRaised(entry)) return entry;
    const largest = weightThresholds(analysis.node(index), analysis.shapesOf(index));
    return hasThresholds(entry, largest, isSameFloat) ? { ...entry, th_params: largest } : entry;
  });
}

/**
 * Whether multipliers of an entry are exact without grid steps that are powers of two themselves: then its thresholds
 * of weights were raised for it, or those of some channels.
 */
export function isRaised(entry: ScalingEntry): boolean {
  const { th_params: thresholds = [] } = entry;
  if (!hasWidths(entry) || isPowerOfTwo(stepOf(gridsOf(entry).output))) return false;
  const raised = raisedThresholds(entry, thresholds);
  return thresholds.some((th, c) => th > ZERO && isSameFloat(th, raised[c] ?? NaN));
}

const isPowerOfTwo = (step: number): boolean => step > 0 && powerOfTwo(Math.round(log2(step))) === step;

const isSameFloat = (threshold: number, expected: number): boolean => Math.fround(threshold) === Math.fround(expected);

/** Whether an entry is an average pooling's, as far as the file tells. */
export function isPooling(entry: ScalingEntry, overlay: OverlayChoice): boolean {
  return kindIn(entry, undefined, overlayOf(overlay)).form === 'AveragePooling';
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

/** The layers with entries that read the network's input or a result of a host layer: the width of their input is that of the network's. */
function readersOfInput(graph: Graph, layers: EntryLayers): Set<string> {
  const analysis = analyse(graph);
  const isInput: boolean[] = [];
  const readers = new Set<string>();
  for (const [index, node] of graph.nodes.entries()) {
    const rule = analysis.rule(index);
    const [input] = node.inputs;
    const readsInput = input !== undefined && isInput[input] === true;
    if (readsInput && layers.has(node.name)) readers.add(node.name);
    const passes = keepsThreshold(rule) || isActivation(rule);
    for (const id of node.outputs)
      isInput[id] = rule.kind === 'input' || rule.kind === 'host' || (passes && readsInput);
  }
  return readers;
}

/** The entries with one for every average pooling on the overlay that has none. */
function withPooling(
  entries: readonly ScalingEntry[],
  graph: Graph,
  layers: EntryLayers,
  overlay: Overlay,
): ScalingEntry[] {
  const named = entriesByName(entries);
  const placement = placementOf(graph, named);
  const wanted = wantedGrids(placement.analysis, named, AFTER_POOLING);
  const added = [...layers.values()].flatMap((layer) => {
    const { grid: input } = placement.value(placement.analysis.input(layer.index));
    if (layer.need !== 'pooling' || named.has(layer.node.name) || input === null) return [];
    return [poolingEntry(layer, input, wanted[placement.analysis.output(layer.index)] ?? input, overlay)];
  });
  return inNetworkOrder([...named.values(), ...added], layers);
}

function poolingEntry(layer: EntryLayer, input: Grid, output: Grid, overlay: Overlay): ScalingEntry {
  return buildEntry(
    {
      name: layer.node.name,
      form: layer.form,
      area: layer.area,
      channels: layer.channels,
      th_params: [],
      bw_params: 0,
      bw_layer_in: input.bits,
      bw_layer_out: output.bits,
      th_layer_in: input.threshold,
      th_layer_out: output.threshold,
    },
    overlay,
  );
}
