import { analyse } from '../analysis/analysed-graph.js';
import { weightThresholds } from '../analysis/weights.js';
import { CODES, ZERO } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { type EntryLayer, type EntryLayers, hasParams } from '../placement/entry-layers.js';
import { gridsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { type Fault, fault, warning } from './fault.js';
import { hasThresholds, raisedThresholds } from './raised-thresholds.js';

/** Relative; a threshold is the float32 of a weight, so equal means equal but for printed digits. */
const SAME = 1e-6;

/** An entry and its layer. */
interface Pair {
  readonly entry: ScalingEntry;
  readonly layer: EntryLayer;
}

/** Faults of thresholds of weights, against the weights of `graph`, and biases that the overlay loses. */
export function checkWeights(pairs: readonly Pair[], graph: Graph, layers: EntryLayers, overlay: Overlay): Fault[] {
  const analysis = analyse(graph);
  const largest = new Map(
    [...layers.values()]
      .filter(hasParams)
      .map(({ index, node }) => [node.name, weightThresholds(node, analysis.shapesOf(index))]),
  );
  return pairs.flatMap(({ entry, layer }) => {
    const [own, thresholds] = [largest.get(entry.name), entry.th_params];
    if (own === undefined || thresholds === undefined) return [];
    const owner = ownerOfThresholds(entry, own, largest);
    if (owner !== undefined) return [swapped(entry, own, owner, pairs)];
    return own.length === thresholds.length
      ? [...checkThresholds(entry, own), ...lostBiases(entry, layer, overlay)]
      : [];
  });
}

const isSame = (threshold: number, expected: number): boolean => Math.abs(threshold - expected) <= SAME * expected;

const isOf = (entry: ScalingEntry, weights: readonly number[]): boolean => hasThresholds(entry, weights, isSame);

/** Another layer whose weights have exactly these thresholds, where the entry's own layer has not. */
function ownerOfThresholds(
  entry: ScalingEntry,
  own: readonly number[],
  largest: ReadonlyMap<string, readonly number[]>,
): string | undefined {
  if (isOf(entry, own) || (entry.th_params ?? []).every((th) => th <= ZERO)) return undefined;
  return [...largest].find(([, weights]) => isOf(entry, weights))?.[0];
}

function swapped(entry: ScalingEntry, own: readonly number[], owner: string, pairs: readonly Pair[]): Fault {
  const other = pairs.find((pair) => pair.entry.name === owner)?.entry;
  const mutual = other?.th_params !== undefined && isOf(other, own);
  return fault(
    entry.name,
    'th_params',
    `expected the thresholds of its own weights, got those of layer "${owner}"${mutual ? '; these two entries are swapped' : ''}.`,
  );
}

/** Thresholds against `max |w|`: equal, or less than twice as large with a power of two as grid step or as multiplier. */
function checkThresholds(entry: ScalingEntry, largest: readonly number[]): Fault[] {
  const raised = raisedThresholds(entry, largest);
  return gridsOf(entry).params.flatMap(({ threshold: th, bits }, channel) => {
    const weight = largest[channel] ?? NaN;
    if (weight <= ZERO || isSame(th, weight) || isSame(th, raised[channel] ?? NaN)) return [];
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
export function lostBiases(entry: ScalingEntry, { node }: Pick<EntryLayer, 'node'>, overlay: Overlay): Fault[] {
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
