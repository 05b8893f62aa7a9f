import { analyse } from '../../analysis/analysed-graph.js';
import type { Graph, ValueId } from '../../graph/graph.js';
import { type ChannelErrors, channelRatios, median } from '../channel-errors.js';
import type { MeasuredLayer } from './measured.js';

/** A layer that keeps less than this by itself, in dB, falls. */
export const FALL = 15;

/**
 * A layer that keeps more than so many dB above the worst one is no cliff: it falls too little to explain the network. What keeps
 * less than `lost` is lost, however little it is: layers behind a cliff read what is lost already.
 */
const BESIDE_WORST = { within: 9, lost: 4 } as const;

/** How many times the middle channel's largest value a channel has that sets the threshold of the others. */
const DOMINANT = 4;

/** How many times the layer's own largest value a threshold is that other operands of a Concat have raised. */
const UNEQUAL = 4;

/** The layer where a network falls, and the channel of it. */
export interface Cliff {
  readonly layer: string;
  readonly type: string;
  /** The channel with the largest share of the noise, or whose range all others have to share; null: no single one. */
  readonly channel: number | null;
  /** What the layer keeps by itself, in dB. */
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
 * The first layer in network order that falls by itself about as far as the worst one: those behind it may be its victims, those
 * before it that fall less do not explain the network. A layer with sums beyond the overlay's accumulator counts as falling,
 * since the emulation has no such limit. Undefined where none falls.
 * Layers in front of one Concat share a threshold: of them the one counts that has a channel which sets it, or a layer before
 * it that falls on a grid of its own.
 */
export function firstCliff(graph: Graph, layers: readonly MeasuredLayer[]): MeasuredLayer | undefined {
  const ratio = (at: MeasuredLayer): number => aloneRatio(graph, at) ?? Infinity;
  const worst = layers.reduce((low, at) => Math.min(low, ratio(at)), FALL);
  const limit = Math.min(FALL, Math.max(worst, BESIDE_WORST.lost) + BESIDE_WORST.within);
  const falling = layers.filter((at) => ratio(at) < limit || at.layer.overflows > 0);
  const [first] = falling;
  const raiser = first === undefined ? undefined : raiserOf(graph, layers, first);
  if (raiser === undefined) return first;
  const own = falling.filter((layer) => !isUnequal(graph, layer));
  return layers.find((layer) => layer === raiser || own.includes(layer));
}

/** The layer that keeps least by itself; undefined where no layer was run alone, or none has noise. */
export function weakest(graph: Graph, layers: readonly MeasuredLayer[]): MeasuredLayer | undefined {
  const ratio = (layer: MeasuredLayer | undefined): number =>
    layer === undefined ? Infinity : (aloneRatio(graph, layer) ?? Infinity);
  return layers.reduce<MeasuredLayer | undefined>((low, layer) => (ratio(layer) < ratio(low) ? layer : low), undefined);
}

/** The layer whose one channel sets the threshold that a layer shares by a Concat; undefined where there is none. */
function raiserOf(graph: Graph, layers: readonly MeasuredLayer[], at: MeasuredLayer): MeasuredLayer | undefined {
  if (!isUnequal(graph, at)) return undefined;
  const sharing = layers.filter(
    ({ layer, described, channels }) =>
      layer.th_layer_out === at.layer.th_layer_out && channels !== null && leadsToConcat(graph, described.value),
  );
  const most = sharing.reduce((low, each) => (largestOf(each) > largestOf(low) ? each : low), at);
  return most.channels !== null && dominance(most.channels) >= DOMINANT ? most : undefined;
}

/** How many times a layer's own largest value its threshold is; 1 where that is not known. */
export function excessOf(at: MeasuredLayer): number {
  const [threshold, most] = [at.layer.th_layer_out, largestOf(at)];
  return threshold === null || most === 0 ? 1 : threshold / most;
}

/** Whether other operands of a Concat have raised a layer's threshold far beyond its own values. */
export function isUnequal(graph: Graph, at: MeasuredLayer): boolean {
  return excessOf(at) >= UNEQUAL && leadsToConcat(graph, at.described.value);
}

const largestOf = ({ channels }: MeasuredLayer): number =>
  (channels?.largest ?? new Float64Array()).reduce((high, value) => Math.max(high, value), 0);

/** Whether a Concat reads a value, through layers that keep its threshold or replace it. */
function leadsToConcat(graph: Graph, id: ValueId): boolean {
  const analysis = analyse(graph);
  return analysis.readersOf(id).some((reader) => {
    const { kind } = analysis.rule(reader);
    const isThrough = kind === 'activation' || kind === 'pool' || kind === 'shape';
    return kind === 'concat' || (isThrough && leadsToConcat(graph, analysis.output(reader)));
  });
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
function indexOfLargest(numbers: Float64Array): number {
  return numbers.reduce((best, value, index) => (value > (numbers[best] ?? 0) ? index : best), 0);
}
