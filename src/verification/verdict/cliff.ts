import { analyse } from '../../analysis/analysed-graph.js';
import type { Graph } from '../../graph/graph.js';
import { type ChannelErrors, channelRatios, median } from '../channel-errors.js';
import type { MeasuredLayer } from './measured.js';

/** A layer that keeps less than this by itself, in dB, falls. */
export const FALL = 15;

/** How many times the middle channel's largest value a channel has that sets the threshold of the others. */
const DOMINANT = 4;

/** The layer where a network falls, and the channel of it. */
export interface Cliff {
  readonly layer: string;
  readonly type: string;
  /** The channel with the largest share of the noise, or whose range all others have to share; null: no single one. */
  readonly channel: number | null;
  /** What the layer keeps by itself, in dB: see {@link aloneRatio}. */
  readonly sqnr: number;
}

/**
 * What a layer keeps by itself, in dB: the ratio of all its values, or of its middle channel where that is lower. A channel
 * with large values hides in the first what it costs the others. The network's input counts as deployed. Undefined for what
 * the host computes.
 */
export function aloneRatio(graph: Graph, { layer, described, channels }: MeasuredLayer): number | undefined {
  const isInput = analyse(graph).node(described.node).inputs.length === 0;
  if (isInput && layer.bw !== null) return layer.accumulated.sqnr;
  if (layer.isolated === null) return undefined;
  const middle = channels === null ? undefined : median(channelRatios(channels));
  return Math.min(layer.isolated.sqnr, middle ?? Infinity);
}

/**
 * The first layer in network order that falls by itself: those behind it may be its victims. Where none falls, the layer that
 * keeps least; undefined where no layer was run alone, or none has noise.
 */
export function firstCliff(graph: Graph, layers: readonly MeasuredLayer[]): MeasuredLayer | undefined {
  const known = layers.flatMap((layer) => {
    const ratio = aloneRatio(graph, layer);
    return ratio === undefined || ratio === Infinity ? [] : [{ layer, ratio }];
  });
  const lowest = known.reduce((low, each) => Math.min(low, each.ratio), Infinity);
  return known.find(({ ratio }) => ratio < FALL || ratio === lowest)?.layer;
}

/** The cliff as plain data. */
export function cliffOf(graph: Graph, measured: MeasuredLayer): Cliff {
  const { layer, channels } = measured;
  const sqnr = aloneRatio(graph, measured) ?? Infinity;
  return { layer: layer.name, type: layer.type, channel: channels === null ? null : guilty(channels), sqnr };
}

/** The channel that most of the noise is of, else the one that dominates the range. */
function guilty(channels: ChannelErrors): number | null {
  const noisiest = indexOfLargest(channels.noise);
  const total = channels.noise.reduce((sum, noise) => sum + noise, 0);
  if (channels.noise.length > 1 && 2 * (channels.noise[noisiest] ?? 0) > total) return noisiest;
  return dominance(channels) >= DOMINANT ? indexOfLargest(channels.largest) : null;
}

/** The largest value of all channels by that of the middle channel; 1 where there is none. */
export function dominance({ largest }: ChannelErrors): number {
  const middle = median([...largest].filter((value) => value > 0));
  return middle === undefined ? 1 : (largest[indexOfLargest(largest)] ?? 0) / middle;
}

/** The index of the largest number, the first of several. */
export function indexOfLargest(numbers: Float64Array): number {
  return numbers.reduce((best, value, index) => (value > (numbers[best] ?? 0) ? index : best), 0);
}
