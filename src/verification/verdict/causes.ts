import { analyse } from '../../analysis/analysed-graph.js';
import type { ValueId } from '../../graph/graph.js';
import { placementOf } from '../../placement/placement.js';
import { entriesByName } from '../../placement/wanted-grids.js';
import { overlayOf } from '../../scaling/index.js';
import { channelRatios, median } from '../channel-errors.js';
import { clippedBiases } from '../clipped-biases.js';
import { averagePoolingFaults } from '../pooling-error.js';
import { dominance, FALL } from './cliff.js';
import type { Measured, MeasuredLayer } from './measured.js';

/** Shares of values or channels below this are no cause. */
const NOTABLE_SHARE = 0.01;

/** How many times the layer's own largest value a threshold is that other operands of a Concat have raised. */
const UNEQUAL = 4;

/** The kinds of causes, in the order in which they are stated. */
export type CauseKind =
  | 'clipped before scaling'
  | 'clipped at the threshold'
  | 'bias beyond the threshold'
  | 'accumulator overflow'
  | 'width boundary'
  | 'fixed average-pooling area'
  | 'unequal Concat'
  | 'coarse grid'
  | 'dead channels';

/** One reason why a layer loses accuracy. */
export interface Cause {
  readonly kind: CauseKind;
  /**
   * How much of it there is. Of clips and overflows: the share of the layer's values; of biases and dead channels: the share of
   * its channels. Of a Concat: threshold / the layer's own largest value; of a coarse grid: the largest value / that of the
   * middle channel. Else 1.
   */
  readonly amount: number;
}

/** The causes that are counted at a layer. */
export function causesOf(measured: Measured, at: MeasuredLayer): Cause[] {
  const { layer } = at;
  const ofValues = (count: number): number => (layer.values === 0 ? 0 : count / layer.values);
  const shares: Cause[] = [
    { kind: 'clipped before scaling', amount: ofValues(layer.prescaleClipped) },
    { kind: 'clipped at the threshold', amount: ofValues(layer.clipped) },
    { kind: 'bias beyond the threshold', amount: biasShare(measured, at) },
  ];
  return [
    ...shares.filter(({ amount }) => amount >= NOTABLE_SHARE),
    ...when('accumulator overflow', layer.overflows > 0, ofValues(layer.overflows)),
    ...when('width boundary', isWidthBoundary(measured, at)),
    ...when('fixed average-pooling area', hasPoolingFault(measured, at)),
    ...gridCauses(measured, at),
  ];
}

const when = (kind: CauseKind, holds: boolean, amount = 1): Cause[] => (holds ? [{ kind, amount }] : []);

function biasShare({ graph, entries, overlay }: Measured, { layer }: MeasuredLayer): number {
  const own = entries.filter(({ name }) => name === layer.name);
  const [found] = clippedBiases(graph, own, overlayOf(overlay));
  return found === undefined ? 0 : found.beyond.length / found.channels;
}

function isWidthBoundary({ graph, entries }: Measured, { layer, described }: MeasuredLayer): boolean {
  const placement = placementOf(graph, entriesByName(entries));
  const widths = analyse(graph)
    .node(described.node)
    .inputs.flatMap((id) => placement.value(id).grid?.bits ?? []);
  return layer.bw !== null && widths.some((bits) => bits !== layer.bw);
}

function hasPoolingFault({ graph, entries, overlay }: Measured, { layer }: MeasuredLayer): boolean {
  return averagePoolingFaults(graph, entries, overlay).some(({ entry }) => entry === layer.name);
}

/** Grids that are too coarse for most of the layer, and why; channels that float has and the overlay has not. */
function gridCauses({ graph }: Measured, { layer, described, channels }: MeasuredLayer): Cause[] {
  if (channels === null) return [];
  const { largest } = channels;
  const most = largest.reduce((high, value) => Math.max(high, value), 0);
  const excess = most === 0 || layer.th_layer_out === null ? 1 : layer.th_layer_out / most;
  const isUnequal = excess >= UNEQUAL && leadsToConcat(graph, described.value);
  const isCoarse = (median(channelRatios(channels)) ?? Infinity) < FALL;
  const dead = layer.deadChannels.filter((channel) => (largest[channel] ?? 0) > 0).length;
  return [
    ...when('unequal Concat', isUnequal, excess),
    ...when('coarse grid', isCoarse && !isUnequal, dominance(channels)),
    ...when('dead channels', dead > 0, dead / largest.length),
  ];
}

/** Whether a Concat reads a value, through layers that keep its threshold or replace it. */
function leadsToConcat(graph: Measured['graph'], id: ValueId): boolean {
  const analysis = analyse(graph);
  return analysis.readersOf(id).some((reader) => {
    const { kind } = analysis.rule(reader);
    const isThrough = kind === 'activation' || kind === 'pool' || kind === 'shape';
    return kind === 'concat' || (isThrough && leadsToConcat(graph, analysis.output(reader)));
  });
}
