import { CODES, type Grid } from '../fixed/grid.js';
import { gridsOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { checkGrids } from './check-grids.js';
import { bestDerivation, type Derivation, type EntryKind, hasCoarseScale } from './entry-form.js';
import { type Fault, fault, isFault, warning } from './fault.js';
import { scaleFaults } from './fitting-overlay.js';
import { copiesCodes } from './later-writers.js';

/** Relative; far above a float32 rounding (6e-8) and below any change of a threshold that matters. */
const SAME = 1e-6;

/** The unit of float32 denormals, which have fewer digits than {@link SAME} needs. */
const DENORMAL = 2 ** -149;

const near = (a: number, b: number): boolean =>
  Math.abs(a - b) <= Math.max(DENORMAL, SAME * Math.max(Math.abs(a), Math.abs(b)));

/** Faults of an entry by itself. `kinds`: the forms that its layer can have; undefined where no network tells. */
export function checkEntry(entry: ScalingEntry, overlay: Overlay, kinds: readonly EntryKind[] | undefined): Fault[] {
  const basic = checkGrids(entry);
  if (basic.some(isFault)) return basic;
  if (kinds === undefined && copiesCodes(entry)) return [...basic, ...checkFactors(entry)];
  const lengths = checkLengths(entry);
  // A wrong width looks like a wrong threshold, whose step would be 258 times as large.
  const widths = doubtedWidths(entry, overlay, kinds);
  const doubted = widths.length > 0 ? widths : doubtedThresholds(entry, overlay, kinds);
  if (doubted.length > 0) return [...basic, ...lengths, ...doubted];
  const triples = lengths.some(({ key }) => key !== 'sf_params')
    ? scaleFaults(entry, overlay)
    : checkTriples(entry, overlay, kinds);
  return [...basic, ...lengths, ...checkFactors(entry), ...triples];
}

function checkLengths(entry: ScalingEntry): Fault[] {
  const channels = entry.th_params?.length ?? Math.max(1, entry.scale.length);
  const lists = [
    'prescale_shift',
    'scale',
    'postscale_shift',
    ...(entry.th_params === undefined ? [] : ['sf_params']),
  ] as const;
  return lists.flatMap((key) => {
    const length = (entry[key as 'scale'] ?? []).length;
    return length === channels
      ? []
      : [
          fault(entry.name, key, `expected ${channels} elements, one per output channel, got ${length}.`, {
            derivable: true,
          }),
        ];
  });
}

/** A threshold of an entry, the scale factor that belongs to it, and the largest code of its width. */
interface ThresholdPair {
  readonly of: 'layer_in' | 'layer_out' | 'params';
  readonly th: number;
  readonly sf: number;
  readonly m: number;
  readonly channel: number | undefined;
}

/** Each threshold with its scale factor; those of the weights where there are as many of both. */
function pairsOf(entry: ScalingEntry): ThresholdPair[] {
  const { input, output, params } = gridsOf(entry);
  const pair = (of: ThresholdPair['of'], { threshold, bits }: Grid, sf: number, channel?: number): ThresholdPair => ({
    of,
    th: threshold,
    sf,
    m: CODES[bits].largest,
    channel,
  });
  const factors = entry.sf_params ?? [];
  const weights = factors.length === params.length ? params : [];
  return [
    pair('layer_in', input, entry.sf_layer_in),
    pair('layer_out', output, entry.sf_layer_out),
    ...weights.map((grid, channel) => pair('params', grid, factors[channel] ?? NaN, channel)),
  ];
}

function checkFactors(entry: ScalingEntry): Fault[] {
  return pairsOf(entry).flatMap(({ of, th, sf, m, channel }) => {
    if (near(sf, th / m)) return [];
    return [
      fault(entry.name, `sf_${of}`, `expected th_${of} / ${m} = ${th / m}, got ${sf}.`, {
        derivable: true,
        ...(channel === undefined ? {} : { channel }),
      }),
    ];
  });
}

/** Thresholds from which neither the scale factor nor the triples follow, while those two agree: the threshold was changed. */
function doubtedThresholds(entry: ScalingEntry, overlay: Overlay, kinds: readonly EntryKind[] | undefined): Fault[] {
  const odd = pairsOf(entry).filter(({ th, sf, m }) => !near(sf, th / m) && sf >= 0 && sf < Infinity);
  const channels = entry.scale.length;
  if (odd.length === 0 || bestDerivation(entry, overlay, kinds).matches === channels) return [];
  const restored = odd.reduce((sum, pair) => withThreshold(sum, pair.of, pair.sf * pair.m, pair.channel), entry);
  if (bestDerivation(restored, overlay, kinds).matches !== channels) return [];
  return odd.map(({ of, th, sf, m, channel }) =>
    fault(
      entry.name,
      `th_${of}`,
      `expected ${sf * m}, which sf_${of} and the triples agree on, got ${th}.`,
      channel === undefined ? {} : { channel },
    ),
  );
}

/** The width that is wrong where scale factors and triples agree on the other one. */
function doubtedWidths(entry: ScalingEntry, overlay: Overlay, kinds: readonly EntryKind[] | undefined): Fault[] {
  if (isConsistent(entry, overlay, kinds)) return [];
  const changed = (['bw_layer_in', 'bw_layer_out', 'bw_params'] as const).find(
    (key) => entry[key] !== undefined && isConsistent({ ...entry, [key]: otherWidth(entry[key]) }, overlay, kinds),
  );
  if (changed === undefined) return [];
  const width = entry[changed];
  const message = `expected ${otherWidth(width)}, which scale factors and triples agree on, got ${width}.`;
  return [fault(entry.name, changed, message)];
}

const otherWidth = (width: number | undefined): number => (width === 8 ? 16 : 8);

function isConsistent(entry: ScalingEntry, overlay: Overlay, kinds: readonly EntryKind[] | undefined): boolean {
  const isNear = pairsOf(entry).every(({ th, sf, m }) => near(sf, th / m));
  return isNear && bestDerivation(entry, overlay, kinds).matches === entry.scale.length;
}

function withThreshold(entry: ScalingEntry, of: string, th: number, channel: number | undefined): ScalingEntry {
  if (channel === undefined) return { ...entry, [`th_${of}`]: th };
  return { ...entry, th_params: (entry.th_params ?? []).map((old, c) => (c === channel ? Math.fround(th) : old)) };
}

const TRIPLE = ['prescale_shift', 'scale', 'postscale_shift'] as const;

function checkTriples(entry: ScalingEntry, overlay: Overlay, kinds: readonly EntryKind[] | undefined): Fault[] {
  const best = bestDerivation(entry, overlay, kinds);
  if (best.kind.coarseScale === true && best.matches === entry.scale.length) return [coarseScale(entry)];
  const right =
    best.kind.coarseScale === true ? bestDerivation(entry, overlay, [{ form: 'Convolution', area: 1 }]) : best;
  const isCoarse = hasCoarseScale(entry, overlay) && right.kind.form === 'Scale' && right.matches < entry.scale.length;
  if (
    isCoarse &&
    bestDerivation(entry, overlay, [{ form: 'Scale', area: 1, coarseScale: true }]).matches === entry.scale.length
  )
    return [coarseScale(entry)];
  return differences(entry, right, overlay);
}

function coarseScale(entry: ScalingEntry): Fault {
  return warning(
    entry.name,
    'prescale_shift',
    "holds the reference's triples for a Scale: the accumulator is clamped before it is scaled, which leaves noise.",
    { derivable: true },
  );
}

function differences(entry: ScalingEntry, { triples }: Derivation, overlay: Overlay): Fault[] {
  return triples.flatMap((triple, channel) => {
    if (triple.scale === 0 && entry.scale[channel] === 0) return [];
    return TRIPLE.filter((key) => entry[key][channel] !== triple[key]).map((key) =>
      fault(
        entry.name,
        key,
        `expected ${triple[key]}, which follows from the thresholds, got ${entry[key][channel]}${key === 'scale' ? beyond(entry.scale[channel], overlay) : ''}.`,
        { channel, derivable: true },
      ),
    );
  });
}

/** A clause about a scale that an overlay does not hold. */
function beyond(scale: number | undefined, { name, largestScale }: Overlay): string {
  return scale !== undefined && scale > largestScale ? `, beyond the limit of ${largestScale} of overlay ${name}` : '';
}
