import { gridStep } from '../fixed/grid.js';
import {
  buildEntry,
  decompose,
  type EntryForm,
  type LayerCalibration,
  limitsOf,
  multipliersOf,
  type Overlay,
  type ScalingEntry,
  type Triple,
} from '../scaling/index.js';

/** What an entry stands for. `area`: of an average pooling's window, else 1. */
export interface EntryKind {
  readonly form: EntryForm;
  readonly area: number;
  /** A v2 Scale as the reference wrote it, with the Eltwise row: its accumulator is clamped to 8 bits before scaling. */
  readonly coarseScale?: boolean;
}

/** The triples that follow from an entry's thresholds, and on how many channels the entry has them. */
export interface Derivation {
  readonly kind: EntryKind;
  readonly triples: readonly Triple[];
  readonly matches: number;
}

/** What an entry's numbers were made from, on the assumption that it is of this kind. `channels`: as its lists say. */
export function measureOf(entry: ScalingEntry, { form, area }: EntryKind): LayerCalibration {
  const weighted = entry.th_params !== undefined;
  const channels = weighted ? entry.th_params!.length : form === 'Eltwise' ? 1 : entry.scale.length;
  return {
    ...entry,
    form,
    area,
    channels,
    bw_params: entry.bw_params ?? entry.bw_layer_in,
    th_params: entry.th_params ?? [],
  };
}

/** Whether an entry's channel has this triple. Where `scale` is 0 the shifts change nothing: release 1.1 wrote 0, 0, 7. */
export function sameTriple(entry: ScalingEntry, channel: number, triple: Triple): boolean {
  const { scale, prescale_shift, postscale_shift } = triple;
  if (entry.scale[channel] !== scale) return false;
  return (
    scale === 0 ||
    (entry.prescale_shift[channel] === prescale_shift && entry.postscale_shift[channel] === postscale_shift)
  );
}

/** The triples an entry of a kind must have on an overlay. */
export function deriveTriples(entry: ScalingEntry, kind: EntryKind, overlay: Overlay): Derivation {
  const row = limitsOf(kind.coarseScale === true ? 'Eltwise' : kind.form, entry.bw_layer_in, overlay);
  const triples = multipliersOf(measureOf(entry, kind)).map((multiplier) => decompose(multiplier, row));
  return { kind, triples, matches: triples.filter((triple, channel) => sameTriple(entry, channel, triple)).length };
}

/** The kinds an entry can be of where no network says; the likeliest first. */
function kindsOf(entry: ScalingEntry, overlay: Overlay): EntryKind[] {
  if (entry.th_params !== undefined) {
    return [
      { form: 'Convolution', area: 1 },
      overlay === 'v2' ? { form: 'Scale', area: 1, coarseScale: true } : { form: 'Scale', area: 1 },
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
  const ratio = gridStep(entry.th_layer_in, entry.bw_layer_in) / gridStep(entry.th_layer_out, entry.bw_layer_out);
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
  return all.reduce((best, one) => (one.matches > best.matches ? one : best));
}

/**
 * The overlay a file is for: v3 where a scale exceeds 256, which v2 cannot hold; else the one from which more
 * channels' triples follow, v2 where both do.
 */
export function detectOverlay(entries: readonly ScalingEntry[]): Overlay {
  if (entries.some(({ scale }) => scale.some((value) => value > 256))) return 'v3';
  const matches = (overlay: Overlay): number =>
    entries.reduce((sum, entry) => sum + bestDerivation(entry, overlay).matches, 0);
  return matches('v3') > matches('v2') ? 'v3' : 'v2';
}

/** The entry with its scale factors and triples made anew from its thresholds and widths. */
export function rebuildEntry(entry: ScalingEntry, kind: EntryKind, overlay: Overlay): ScalingEntry {
  return buildEntry(measureOf(entry, kind), overlay);
}
