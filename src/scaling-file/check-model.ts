import type { Graph, GraphNode } from '../graph/graph.js';
import { describeLayer, type EntryLayer, type EntryLayers, hasParams } from '../placement/entry-layers.js';
import type { Overlay, ScalingEntry } from '../scaling/index.js';
import { checkGrids, hasWidths } from './check-grids.js';
import { checkWeights } from './check-weights.js';
import { type Fault, fault, isFault, warning } from './fault.js';
import { gridMismatches } from './grid-mismatches.js';
import { copiesCodes, layerOfEntry } from './later-writers.js';
import { misplaced } from './network-order.js';
import { widthFaults } from './width-faults.js';

/** A scaling file's entries against the network they are for: names, order, channels, thresholds of weights, grids that meet. */
export function checkAgainstModel(
  entries: readonly ScalingEntry[],
  graph: Graph,
  layers: EntryLayers,
  overlay: Overlay,
  weights: boolean,
): Fault[] {
  const missing = missingEntries(entries, layers, overlay);
  const pairs = entries.flatMap((entry) => {
    const layer = layers.get(entry.name);
    return layer === undefined ? [] : [{ entry, layer }];
  });
  return [
    ...otherNetwork(entries, graph),
    ...missing,
    ...strangeEntries(entries, layers, graph),
    ...misplaced(entries, layers),
    ...pairs.flatMap(({ entry, layer }) => checkLayer(entry, layer)),
    ...(weights
      ? checkWeights(
          pairs.filter(({ entry }) => !checkGrids(entry).some(isFault)),
          graph,
          layers,
          overlay,
        )
      : []),
    ...(missing.some(isFault) || !entries.every(hasWidths)
      ? []
      : [...widthFaults(entries, graph, overlay), ...gridMismatches(entries, graph)]),
  ];
}

/** One fault in front of all others where few names of a file are layers of the network. */
function otherNetwork(entries: readonly ScalingEntry[], graph: Graph): Fault[] {
  const shared = sharedNames(entries, graph.nodes);
  const [first] = entries;
  if (first === undefined || 2 * shared >= entries.length) return [];
  return [
    fault(
      first.name,
      'name',
      `expected a file of this network, got one that shares ${shared} of its ${entries.length} names with the layers: this looks like another network's file.`,
    ),
  ];
}

/** How many entries are named as nodes are. */
export function sharedNames(entries: readonly ScalingEntry[], nodes: readonly { readonly name: string }[]): number {
  const names = new Set(nodes.map(({ name }) => name));
  return entries.filter(({ name }) => names.has(name) || names.has(layerOfEntry(name))).length;
}

function missingEntries(entries: readonly ScalingEntry[], layers: EntryLayers, overlay: Overlay): Fault[] {
  const present = new Set(entries.map(({ name }) => name));
  return [...layers.values()]
    .filter(({ node }) => !present.has(node.name))
    .flatMap((layer) => {
      const name = layer.node.name;
      if (layer.need === 'always')
        return [
          fault(
            name,
            'name',
            `expected an entry for ${describeLayer(layer)}, got none; pass --float_layers if it runs on the host.`,
          ),
        ];
      if (layer.need !== 'pooling' || !overlay.hasPoolingEntries) return [];
      return [
        warning(name, 'name', `${describeLayer(layer)} has no entry; the emulator decomposes 1/${layer.area} instead.`),
      ];
    });
}

function strangeEntries(entries: readonly ScalingEntry[], layers: EntryLayers, graph: Graph): Fault[] {
  return entries
    .filter(({ name }) => !layers.has(name))
    .map((entry) => {
      const { name } = entry;
      const layer = copiesCodes(entry) ? layerOfEntry(name) : name;
      const node = graph.nodes.find((other) => other.name === layer);
      if (node !== undefined && copiesCodes(entry))
        return warning(name, 'name', `${node.type} takes no entry; this one moves codes unchanged.`);
      return fault(name, 'name', `expected a layer of this name that takes an entry; ${whyStrange(node)}.`);
    });
}

function whyStrange(node: GraphNode | undefined): string {
  if (node === undefined) return 'the network has none (after folding batch norms)';
  return node.float === true ? 'it is one of --float_layers' : `${node.type} takes no entry`;
}

function checkLayer(entry: ScalingEntry, layer: EntryLayer): Fault[] {
  const weighted = entry.th_params !== undefined;
  if (weighted !== hasParams(layer)) {
    return [
      fault(
        entry.name,
        'th_params',
        weighted
          ? `expected no thresholds of weights for ${describeLayer(layer)}, got ${entry.th_params.length}.`
          : `expected thresholds of the weights of ${describeLayer(layer)}, got none.`,
      ),
    ];
  }
  const [key, count] = weighted ? ['th_params', entry.th_params.length] : ['scale', entry.scale.length];
  if (count === layer.channels) return [];
  if (count === 1 && layer.form === 'AveragePooling')
    return [
      warning(entry.name, 'scale', `one element counts for all ${layer.channels} channels of ${describeLayer(layer)}.`),
    ];
  return [
    fault(
      entry.name,
      key as string,
      `expected ${layer.channels} elements, one per output channel of ${describeLayer(layer)}, got ${count}.`,
    ),
  ];
}
