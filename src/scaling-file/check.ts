import type { Graph } from '../graph/graph.js';
import { type EntryLayers, entryLayers, hasParams } from '../placement/entry-layers.js';
import { type OverlayChoice, overlayOf, type ScalingEntry } from '../scaling/index.js';
import { checkEntry } from './check-entry.js';
import { hasWidths } from './check-grids.js';
import { checkAgainstModel } from './check-model.js';
import { bestDerivation, detectOverlay, type EntryKind, kindOf, rebuildEntry } from './entry-form.js';
import { type Fault, fault, isFault } from './fault.js';
import { inNetworkOrder } from './network-order.js';
import { entryWidthFaults } from './width-faults.js';

/** The overlay and the network that a scaling file is checked against. */
export interface CheckOptions {
  /** Detected from the triples where absent. */
  readonly overlay?: OverlayChoice | undefined;
  /** The network as it is calibrated: after `optimise`. */
  readonly graph?: Graph | undefined;
  /** Whether the graph holds real weights; false: shapes only. */
  readonly weights?: boolean | undefined;
}

/**
 * Everything wrong or noteworthy in a scaling file's entries: widths, lengths, thresholds, scale factors, triples, and
 * against the network where it is given. An empty list, or warnings only, means the file can be used.
 */
export function checkScaling(entries: readonly ScalingEntry[], options: CheckOptions = {}): Fault[] {
  const { graph, weights = true } = options;
  const overlay = overlayOf(options.overlay ?? detectOverlay(entries));
  const layers = layersFor(entries, graph);
  const alone = [
    ...repeatedNames(entries),
    ...entries.flatMap((entry) => checkEntry(entry, overlay, kindsIn(layers, entry))),
  ];
  return graph === undefined
    ? [...alone, ...entries.filter(hasWidths).flatMap((entry) => entryWidthFaults(entry, overlay))]
    : [...alone, ...checkAgainstModel(entries, graph, layers, overlay, weights)];
}

/**
 * The entries with everything derivable made anew: scale factors and triples of entries that have a derivable fault, and
 * with a network its order. Thresholds and widths stay; an entry whose threshold itself is in doubt is left alone.
 */
export function fixScaling(entries: readonly ScalingEntry[], options: CheckOptions = {}): ScalingEntry[] {
  const overlay = overlayOf(options.overlay ?? detectOverlay(entries));
  const layers = layersFor(entries, options.graph);
  const fixed = entries.map((entry) => {
    const kinds = kindsIn(layers, entry);
    const faults = checkEntry(entry, overlay, kinds);
    const isInDoubt = faults.some((one) => isFault(one) && !one.derivable);
    if (isInDoubt || !faults.some(({ derivable }) => derivable)) return entry;
    return rebuildEntry(entry, bestDerivation(entry, overlay, kinds).kind, overlay);
  });
  return options.graph === undefined ? fixed : inNetworkOrder(fixed, layers);
}

/** The layers that can have an entry; none where no network is given. */
function layersFor(entries: readonly ScalingEntry[], graph: Graph | undefined): EntryLayers {
  return graph === undefined ? new Map() : entryLayers(graph, new Set(entries.map(({ name }) => name)));
}

/** The form of an entry by the network; undefined where the network has no such layer, or one with or without weights unlike the entry. */
function kindsIn(layers: EntryLayers, entry: ScalingEntry): EntryKind[] | undefined {
  const layer = layers.get(entry.name);
  return layer === undefined || hasParams(layer) !== (entry.th_params !== undefined) ? undefined : [kindOf(layer)];
}

function repeatedNames(entries: readonly ScalingEntry[]): Fault[] {
  const seen = new Set<string>();
  return entries.flatMap(({ name }) => {
    if (seen.has(name)) return [fault(name, 'name', 'expected one entry of this name, got another.')];
    seen.add(name);
    return [];
  });
}
