import { checkWidth } from '../fixed/checks.js';
import { type BitWidth, stepOf } from '../fixed/grid.js';
import {
  buildEntry,
  decompose,
  type EntryForm,
  gridsOf,
  type LayerCalibration,
  type Limits,
  multipliersOf,
  OVERLAYS,
  type Overlay,
  type OverlayName,
  type ScalingEntry,
  type Triple,
  withMultipliers,
} from '../scaling/index.js';
import { hasWidths } from './check-grids.js';

/** The form of an entry's layer. */
export interface EntryKind {
  readonly form: EntryForm;
  /** Elements of an average pooling's window, else 1. */
  readonly area: number;
  /** A Scale as the original wrote it where it has the row of a Convolution here: with the row of an Eltwise. */
  readonly coarseScale?: boolean;
}

/** The form of the entry that a layer has. */
export function kindOf({ form, area }: EntryKind): EntryKind {
  return { form, area };
}

/** The triples that follow from an entry's thresholds, and on how many channels the entry has them. */
export interface Derivation {
  readonly kind: EntryKind;
  readonly triples: readonly Triple[];
  readonly matches: number;
}

/** The measurement that an entry was made from, on the assumption that it is of this kind. Its lists give its channels. */
function measureOf(entry: ScalingEntry, { form, area }: EntryKind): LayerCalibration {
  const channels = entry.th_params?.length ?? (form === 'Eltwise' ? 1 : entry.scale.length);
  const { name, bw_layer_in, bw_layer_out, th_layer_in, th_layer_out } = entry;
  const input = { name, bw_layer_in, bw_layer_out, th_layer_in, th_layer_out };
  return {
    ...input,
    form,
    area,
    channels,
    bw_params: entry.bw_params ?? bw_layer_in,
    th_params: entry.th_params ?? [],
  };
}

/** Whether an entry's channel has this triple. Where `scale` is 0 the shifts change nothing: release 1.1 wrote 0, 0, 7. */
function sameTriple(entry: ScalingEntry, channel: number, triple: Triple): boolean {
  const { scale, prescale_shift, postscale_shift } = triple;
  if (entry.scale[channel] !== scale) return false;
  return (
    scale === 0 ||
    (entry.prescale_shift[channel] === prescale_shift && entry.postscale_shift[channel] === postscale_shift)
  );
}

function inputBits({ name, bw_layer_in: bits }: ScalingEntry): BitWidth {
  checkWidth(name, bits);
  return bits;
}

/** Whether a Scale has another row on an overlay than the original gave it, that of an Eltwise. */
export function hasCoarseScale(entry: ScalingEntry, { limits }: Overlay): boolean {
  const bits = inputBits(entry);
  const numbers = ({ preMax, scaleBits, postMax }: Limits): string => `${preMax},${scaleBits},${postMax}`;
  return numbers(limits.Scale[bits]) !== numbers(limits.Eltwise[bits]);
}

/** The triples an entry of a kind must have on an overlay. */
function deriveTriples(entry: ScalingEntry, kind: EntryKind, { limits }: Overlay): Derivation {
  const row = limits[kind.coarseScale === true ? 'Eltwise' : kind.form][inputBits(entry)];
  const triples = multipliersOf(measureOf(entry, kind)).map((multiplier) => decompose(multiplier, row));
  return { kind, triples, matches: triples.filter((triple, channel) => sameTriple(entry, channel, triple)).length };
}

/** The kinds an entry can be of where no network says; the likeliest first. */
function kindsOf(entry: ScalingEntry, overlay: Overlay): EntryKind[] {
  if (entry.th_params !== undefined) {
    return [
      { form: 'Convolution', area: 1 },
      hasCoarseScale(entry, overlay) ? { form: 'Scale', area: 1, coarseScale: true } : { form: 'Scale', area: 1 },
    ];
  }
  const eltwise: EntryKind = { form: 'Eltwise', area: 1 };
  const pools = windowAreas(entry).map((area): EntryKind => ({ form: 'AveragePooling', area }));
  return entry.scale.length > 1
    ? pools.length > 0
      ? pools
      : [{ form: 'AveragePooling', area: 1 }]
    : [eltwise, ...pools];
}

/** Window areas that may have given a pooling entry its first channel's multiplier, which has 7 bits at least. */
function windowAreas(entry: ScalingEntry): number[] {
  const { input, output } = gridsOf(entry);
  const ratio = stepOf(input) / stepOf(output);
  const multiplier = (entry.scale[0] ?? 0) * 2 ** -((entry.prescale_shift[0] ?? 0) + (entry.postscale_shift[0] ?? 0));
  const area = ratio / multiplier;
  if (!(area >= 0.5 && area < 4096)) return [];
  const spread = Math.ceil(area / 64);
  const nearest = Math.round(area);
  const areas = Array.from({ length: 2 * spread + 1 }, (_, i) => nearest - spread + i).filter(
    (candidate) => candidate >= 1,
  );
  return areas.sort((a, b) => Math.abs(a - area) - Math.abs(b - area));
}

/** The best of several kinds; the first of those that explain equally many channels. */
export function bestDerivation(
  entry: ScalingEntry,
  overlay: Overlay,
  kinds: readonly EntryKind[] = kindsOf(entry, overlay),
): Derivation {
  const all = kinds.map((kind) => deriveTriples(entry, kind, overlay));
  return all.reduce((best, derivation) => (derivation.matches > best.matches ? derivation : best));
}

/**
 * The entries that speak for each overlay, in the order of the list. An entry speaks for the overlay from which most of its
 * channels' triples follow. Where it is as many on several, or none, it speaks for those of them that hold its largest scale;
 * where none does, for the one with the largest scale.
 */
export function overlayVotes(entries: readonly ScalingEntry[]): Record<OverlayName, number> {
  const votes = Object.fromEntries(OVERLAYS.map(({ name }) => [name, 0])) as Record<OverlayName, number>;
  for (const entry of entries) for (const { name } of overlaysOf(entry)) votes[name]++;
  return votes;
}

function overlaysOf(entry: ScalingEntry): (typeof OVERLAYS)[number][] {
  const matches = OVERLAYS.map((overlay) => (hasWidths(entry) ? bestDerivation(entry, overlay).matches : 0));
  const most = Math.max(...matches);
  const best = OVERLAYS.filter((_, i) => matches[i] === most);
  const largest = entry.scale.reduce((a, b) => Math.max(a, b), 0);
  const holding = best.filter(({ largestScale }) => largest <= largestScale);
  return holding.length > 0 ? holding : [best.reduce((a, b) => (b.largestScale > a.largestScale ? b : a))];
}

/**
 * The overlay a file is for: the one that most of its entries speak for, the first in the list where several are equal. A few
 * wrong numbers do not change it. Source: docs/spec/quantizer.md, section 6.
 */
export function detectOverlay(entries: readonly ScalingEntry[]): OverlayName {
  return mostVoted(overlayVotes(entries));
}

/** The overlay that most entries speak for: {@link detectOverlay} of their votes. */
export function mostVoted(votes: Readonly<Record<OverlayName, number>>): OverlayName {
  return OVERLAYS.reduce((best, overlay) => (votes[overlay.name] > votes[best.name] ? overlay : best)).name;
}

/**
 * The entry with its scale factors and triples made anew from its thresholds and widths. `exact`: its thresholds of weights
 * are raised where the overlay clips before it scales.
 */
export function rebuildEntry(entry: ScalingEntry, kind: EntryKind, overlay: Overlay, exact = false): ScalingEntry {
  return buildEntry(withMultipliers(measureOf(entry, kind), overlay, exact ? undefined : 'natural'), overlay);
}
