import { analyse } from '../../analysis/analysed-graph.js';
import { placementOf } from '../../placement/placement.js';
import { entriesByName } from '../../placement/wanted-grids.js';
import { overlayOf } from '../../scaling/index.js';
import { type Fault, isFault } from '../../scaling-file/fault.js';
import { placeOf } from '../../scaling-file/parse.js';
import { channelRatios, median } from '../channel-errors.js';
import { clippedBiases } from '../clipped-biases.js';
import { averagePoolingFaults } from '../pooling-error.js';
import { dominance, excessOf, FALL, isUnequal } from './cliff.js';
import type { Measured, MeasuredLayer } from './measured.js';

/** Shares of values or channels below this are no cause. */
const NOTABLE_SHARE = 0.01;

/** The kinds of causes, in the order in which they are stated. */
export type CauseKind =
  | 'fault of the scaling file'
  | 'other input than calibrated on'
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
   * How much of it there is. Of faults: how many the layer's entry has. Of clips and overflows: the share of the layer's values; of biases and dead channels: the share of
   * its channels. Of a Concat: threshold / the layer's own largest value; of a coarse grid: the largest value / that of the
   * middle channel; of another input: its largest value / its threshold. Else 1.
   */
  readonly amount: number;
  /** Of faults: the first. */
  readonly detail?: string;
}

/**
 * How many times its threshold an input's largest value is that the calibration cannot have seen: more than a threshold
 * clips, and less than it leaves free.
 */
const OTHER_INPUT = { above: 1.5, below: 0.25 } as const;

/**
 * An input's largest value by its threshold, where the calibration cannot have seen such an input; undefined for one that it
 * can have seen, and for other layers.
 */
export function otherInput({ graph }: Measured, at: MeasuredLayer): number | undefined {
  const isInput = analyse(graph).node(at.described.node).inputs.length === 0;
  const reach = 1 / excessOf(at);
  return isInput && (reach > OTHER_INPUT.above || reach < OTHER_INPUT.below) ? reach : undefined;
}

/** What is known of a scaling file. */
interface KnownOfFile {
  /** The findings of `check` about it. */
  readonly faults?: readonly Fault[] | undefined;
  /** Whether the images are those of the calibration. */
  readonly sameImages?: boolean | undefined;
}

/** The causes that are counted at a layer: first the faults of its entry, from which others follow. */
export function causesOf(measured: Measured, at: MeasuredLayer, { sameImages, faults = [] }: KnownOfFile): Cause[] {
  const [first, ...more] = faults.filter((each) => isFault(each) && each.entry === at.layer.name);
  const wrong: Cause[] =
    first === undefined
      ? []
      : [{ kind: 'fault of the scaling file', amount: 1 + more.length, detail: `${placeOf(first)}: ${first.message}` }];
  return [...wrong, ...countedCauses(measured, at, sameImages === true)];
}

/** `sameImages`: whether the images are those of the calibration. */
function countedCauses(measured: Measured, at: MeasuredLayer, sameImages: boolean): Cause[] {
  const { layer } = at;
  const reach = sameImages ? undefined : otherInput(measured, at);
  if (reach !== undefined) return [{ kind: 'other input than calibrated on', amount: reach }];
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
function gridCauses({ graph }: Measured, at: MeasuredLayer): Cause[] {
  const { layer, channels } = at;
  if (channels === null) return [];
  const unequal = isUnequal(graph, at);
  const isCoarse = (median(channelRatios(channels)) ?? Infinity) < FALL;
  const dead = layer.deadChannels.filter((channel) => (channels.largest[channel] ?? 0) > 0).length;
  return [
    ...when('unequal Concat', unequal, excessOf(at)),
    ...when('coarse grid', isCoarse && !unequal, dominance(channels)),
    ...when('dead channels', dead > 0, dead / channels.largest.length),
  ];
}
