import { analyse } from '../analysis/analysed-graph.js';
import { weightThresholds } from '../analysis/weights.js';
import { CODES, ZERO } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { describeLayer, type EntryLayer, type EntryLayers, hasParams } from '../placement/entry-layers.js';
import { gridsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { checkGrids, hasWidths } from './check-grids.js';
import { type Fault, fault, isFault, warning } from './fault.js';
import { gridMismatches } from './grid-mismatches.js';

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
    ...(missing.some(isFault) || !entries.every(hasWidths) ? [] : gridMismatches(entries, graph)),
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
      if (layer.need !== 'pooling' || !overlay.hasPoolingEntries) return [];
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
  const known = entries.flatMap(({ name }) => {
    const layer = layers.get(name);
    return layer === undefined ? [] : [{ name, index: layer.index }];
  });
  const sorted = [...known].sort((a, b) => a.index - b.index);
  const staying = new Set(longestAscent(known.map(({ index }) => index)));
  return known
    .filter((_, i) => !staying.has(i))
    .map((entry) => {
      const position = sorted.indexOf(entry);
      const before = sorted[position - 1];
      const neighbour = before === undefined ? `before that of "${sorted[1]?.name}"` : `after that of "${before.name}"`;
      return fault(entry.name, 'name', `expected its entry ${neighbour}: entries stand in network order.`, {
        derivable: true,
      });
    });
}

/** Positions of a longest strictly ascending selection. */
function longestAscent(numbers: readonly number[]): number[] {
  /** For each position the length of the longest selection that ends there, and the position before it. */
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
  const analysis = analyse(graph);
  const largest = new Map(
    [...layers.values()]
      .filter(hasParams)
      .map(({ index, node }) => [node.name, weightThresholds(node, analysis.shapesOf(index))]),
  );
  return pairs.flatMap(({ entry, layer }) => {
    const [own, thresholds] = [largest.get(entry.name), entry.th_params];
    if (own === undefined || thresholds === undefined) return [];
    const owner = ownerOfThresholds(thresholds, own, largest);
    if (owner !== undefined) return [swapped(entry, own, owner, pairs)];
    return own.length === thresholds.length
      ? [...checkThresholds(entry, own), ...lostBiases(entry, layer, overlay)]
      : [];
  });
}

const equal = (thresholds: readonly number[], weights: readonly number[]): boolean =>
  thresholds.length === weights.length &&
  thresholds.every((th, c) => Math.abs(th - (weights[c] ?? NaN)) <= SAME * (weights[c] ?? NaN));

/** Another layer whose weights have exactly these thresholds, where the entry's own layer has not. */
function ownerOfThresholds(
  thresholds: readonly number[],
  own: readonly number[],
  largest: ReadonlyMap<string, readonly number[]>,
): string | undefined {
  if (equal(thresholds, own) || thresholds.every((th) => th <= ZERO)) return undefined;
  return [...largest].find(([, weights]) => equal(thresholds, weights))?.[0];
}

function swapped(entry: ScalingEntry, own: readonly number[], owner: string, pairs: readonly Pair[]): Fault {
  const other = pairs.find((pair) => pair.entry.name === owner)?.entry;
  const mutual = other?.th_params !== undefined && equal(other.th_params, own);
  return fault(
    entry.name,
    'th_params',
    `expected the thresholds of its own weights, got those of layer "${owner}"${mutual ? '; these two entries are swapped' : ''}.`,
  );
}

/** Thresholds against `max |w|`: equal, or less than twice as large with a power of two as grid step. */
function checkThresholds(entry: ScalingEntry, largest: readonly number[]): Fault[] {
  return gridsOf(entry).params.flatMap(({ threshold: th, bits }, channel) => {
    const weight = largest[channel] ?? NaN;
    if (weight <= ZERO || Math.abs(th - weight) <= SAME * weight) return [];
    const message = (meaning: string): string => `expected the largest weight ${weight}, got ${th}: ${meaning}.`;
    if (th < weight / 2)
      return [fault(entry.name, 'th_params', message('weights are clipped to less than half'), { channel })];
    if (th < weight) return [warning(entry.name, 'th_params', message('weights are clipped'), { channel })];
    if (th < 2 * weight && isPowerOfTwo(th / CODES[bits].largest)) return [];
    return [warning(entry.name, 'th_params', message('the grid is coarser than it need be'), { channel })];
  });
}

function isPowerOfTwo(step: number): boolean {
  let power = 1;
  while (power < step * (1 - SAME)) power *= 2;
  while (power > step * (1 + SAME)) power /= 2;
  return Math.abs(power - step) <= SAME * step;
}

/**
 * A bias that is added to the accumulator is in its units: it is lost where all weights are 0, for the unit is 0 then, and
 * clipped where the weights are so small that its code is the largest there is.
 */
function lostBiases(entry: ScalingEntry, { node }: EntryLayer, overlay: Overlay): Fault[] {
  const { input, output, params } = gridsOf(entry);
  const bias = node.params[1]?.data;
  if (bias === undefined || overlay.interLayer[input.bits].biasStage !== 'accumulator') return [];
  return params.flatMap((grid, channel) => {
    const value = bias[channel] ?? 0;
    if (value === 0) return [];
    const code = overlay.biasCode({ input, params: grid, output }, value);
    const dead = grid.threshold <= ZERO || input.threshold === 0;
    if (!dead && Math.abs(code) < overlay.largestBias[input.bits]) return [];
    const [weights, part] = dead ? ['all zero', 'the'] : ['so small', 'part of the'];
    return [
      warning(
        entry.name,
        'th_params',
        `its weights are ${weights} that overlay ${overlay.name} loses ${part} bias ${value}.`,
        { channel },
      ),
    ];
  });
}
