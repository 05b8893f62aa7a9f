import { weightThresholds } from '../analysis/weights.js';
import { ZERO } from '../fixed/grid.js';
import { quantizeBiasV3 } from '../fixed/index.js';
import { largestCode } from '../fixed/rounding.js';
import type { Graph } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { formsOf } from '../placement/placement.js';
import type { Overlay, ScalingEntry } from '../scaling/index.js';
import { checkGrids } from './check-grids.js';
import { describeLayer, type EntryLayer, type EntryLayers, hasParams } from './entry-layers.js';
import { type Fault, fault, isFault, warning } from './fault.js';

/** Relative; a threshold is the float32 of a weight, so equal means equal but for printed digits. */
const SAME = 1e-6;

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
    ...(missing.some(isFault) ? [] : meetingGrids(entries, graph)),
  ];
}

interface Pair {
  readonly entry: ScalingEntry;
  readonly layer: EntryLayer;
}

function missingEntries(entries: readonly ScalingEntry[], layers: EntryLayers, overlay: Overlay): Fault[] {
  const present = new Set(entries.map(({ name }) => name));
  return [...layers.values()]
    .filter(({ node }) => !present.has(node.name))
    .flatMap((layer) => {
      const name = layer.node.name;
      if (layer.need === 'always')
        return [fault(name, 'name', `expected an entry for ${describeLayer(layer)}, got none.`)];
      if (layer.need !== 'v3' || overlay !== 'v3') return [];
      return [
        warning(name, 'name', `${describeLayer(layer)} has no entry; the emulator decomposes 1/${layer.area} instead.`),
      ];
    });
}

function strangeEntries(entries: readonly ScalingEntry[], layers: EntryLayers, graph: Graph): Fault[] {
  return entries
    .filter(({ name }) => !layers.has(name))
    .map(({ name }) => {
      const node = graph.nodes.find((other) => other.name === name);
      const other =
        node === undefined ? 'the network has none (after folding batch norms)' : `${node.type} takes no entry`;
      return fault(name, 'name', `expected a layer of this name that takes an entry; ${other}.`);
    });
}

/** The fewest entries that would have to move for the rest to stand in network order. */
function misplaced(entries: readonly ScalingEntry[], layers: EntryLayers): Fault[] {
  const known = entries
    .filter(({ name }) => layers.has(name))
    .map(({ name }) => ({ name, index: layers.get(name)!.index }));
  const sorted = [...known].sort((a, b) => a.index - b.index);
  const staying = new Set(longestAscent(known.map(({ index }) => index)));
  return known
    .filter((_, i) => !staying.has(i))
    .map((entry) => {
      const place = sorted.indexOf(entry);
      const neighbour =
        place === 0 ? `before that of "${sorted[1]!.name}"` : `after that of "${sorted[place - 1]!.name}"`;
      return fault(entry.name, 'name', `expected its entry ${neighbour}: entries stand in network order.`, {
        derivable: true,
      });
    });
}

/** Positions of a longest strictly ascending selection. */
function longestAscent(numbers: readonly number[]): number[] {
  /** Of the selections that end at each position: their longest one's length, and the position before the last. */
  const lengths = new Int32Array(numbers.length);
  const before = new Int32Array(numbers.length).fill(-1);
  let last = -1;
  numbers.forEach((number, i) => {
    for (let j = 0; j < i; j++) {
      if (numbers[j]! >= number || lengths[j]! <= (lengths[before[i]!] ?? 0)) continue;
      before[i] = j;
    }
    lengths[i] = (lengths[before[i]!] ?? 0) + 1;
    if (last < 0 || lengths[i]! > lengths[last]!) last = i;
  });
  const selection: number[] = [];
  for (let i = last; i >= 0; i = before[i]!) selection.push(i);
  return selection.reverse();
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
  return [
    fault(
      entry.name,
      key as string,
      `expected ${layer.channels} elements, one per output channel of ${describeLayer(layer)}, got ${count}.`,
    ),
  ];
}

function checkWeights(pairs: readonly Pair[], graph: Graph, layers: EntryLayers, overlay: Overlay): Fault[] {
  const largest = new Map(
    [...layers.values()]
      .filter(hasParams)
      .map(({ node }) => [node.name, weightThresholds(node, shapesOf(graph, node))]),
  );
  return pairs
    .filter(({ entry, layer }) => entry.th_params !== undefined && hasParams(layer))
    .flatMap(({ entry, layer }) => {
      const own = largest.get(entry.name)!;
      const foreign = ownerOfThresholds(entry, own, largest);
      if (foreign !== undefined) return [swapped(entry, foreign, pairs, largest)];
      if (own.length !== entry.th_params!.length) return [];
      return [...checkThresholds(entry, own), ...(overlay === 'v3' ? lostBiases(entry, layer) : [])];
    });
}

const equal = (thresholds: readonly number[], weights: readonly number[]): boolean =>
  thresholds.length === weights.length && thresholds.every((th, c) => Math.abs(th - weights[c]!) <= SAME * weights[c]!);

/** Another layer whose weights have exactly these thresholds, where the entry's own layer has not. */
function ownerOfThresholds(
  entry: ScalingEntry,
  own: readonly number[],
  largest: ReadonlyMap<string, readonly number[]>,
): string | undefined {
  const thresholds = entry.th_params!;
  if (equal(thresholds, own) || thresholds.every((th) => th <= ZERO)) return undefined;
  return [...largest].find(([, weights]) => equal(thresholds, weights))?.[0];
}

function swapped(
  entry: ScalingEntry,
  owner: string,
  pairs: readonly Pair[],
  largest: ReadonlyMap<string, readonly number[]>,
): Fault {
  const other = pairs.find((pair) => pair.entry.name === owner)?.entry;
  const mutual = other?.th_params !== undefined && equal(other.th_params, largest.get(entry.name)!);
  return fault(
    entry.name,
    'th_params',
    `expected the thresholds of its own weights, got those of layer "${owner}"${mutual ? '; these two entries are swapped' : ''}.`,
  );
}

/** Thresholds against `max |w|`: equal, or less than twice as large with a power of two as grid step. */
function checkThresholds(entry: ScalingEntry, largest: readonly number[]): Fault[] {
  const m = largestCode(entry.bw_params ?? 8);
  return entry.th_params!.flatMap((th, channel) => {
    const weight = largest[channel]!;
    if (weight <= ZERO || Math.abs(th - weight) <= SAME * weight) return [];
    const message = (meaning: string): string => `expected the largest weight ${weight}, got ${th}: ${meaning}.`;
    if (th < weight / 2)
      return [fault(entry.name, 'th_params', message('weights are clipped to less than half'), { channel })];
    if (th < weight) return [warning(entry.name, 'th_params', message('weights are clipped'), { channel })];
    if (th < 2 * weight && isPowerOfTwo(th / m)) return [];
    return [warning(entry.name, 'th_params', message('the grid is coarser than it need be'), { channel })];
  });
}

function isPowerOfTwo(step: number): boolean {
  let power = 1;
  while (power < step * (1 - SAME)) power *= 2;
  while (power > step * (1 + SAME)) power /= 2;
  return Math.abs(power - step) <= SAME * step;
}

/** v3 holds a bias in units of the accumulator: 0 where all weights are, too small a unit where they nearly are. */
function lostBiases(entry: ScalingEntry, { node }: EntryLayer): Fault[] {
  const bias = node.params[1]?.data;
  if (bias === undefined) return [];
  const bwParams = entry.bw_params ?? entry.bw_layer_in;
  return entry.th_params!.flatMap((th, channel) => {
    if (bias[channel] === 0) return [];
    const code = quantizeBiasV3(entry.th_layer_in, th, entry.bw_layer_in, bias[channel]!, bwParams);
    const [dead, clipped] = [
      th <= ZERO || entry.th_layer_in === 0,
      Math.abs(code) >= (entry.bw_layer_in === 8 ? 8388607 : 2 ** 31),
    ];
    if (!dead && !clipped) return [];
    return [
      warning(
        entry.name,
        'th_params',
        `${dead ? 'its weights are all zero' : 'its weights are so small'} that overlay v3 loses ${dead ? 'the' : 'part of the'} bias ${bias[channel]}.`,
        { channel },
      ),
    ];
  });
}

/** Every place where a value reaches an entry on another grid than the entry was measured with. */
export function meetingGrids(entries: readonly ScalingEntry[], graph: Graph): Fault[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  const forms = formsOf(graph, rules, byName);
  return graph.nodes.flatMap((node) => {
    const entry = byName.get(node.name);
    if (entry === undefined || forms[node.outputs[0]!]!.kind === 'float') return [];
    return [...new Set(node.inputs)].flatMap((id) => {
      const { th, bw } = forms[id]!;
      if (th === null || (th === entry.th_layer_in && bw === entry.bw_layer_in)) return [];
      const from = `"${graph.values[id]!.blob}" has ${th} at ${bw} bits`;
      return [
        warning(
          entry.name,
          'th_layer_in',
          `is ${entry.th_layer_in} at ${entry.bw_layer_in} bits, but ${from}: its codes are rescaled.`,
        ),
      ];
    });
  });
}
