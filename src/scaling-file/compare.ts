import { log2 } from '../math.js';
import type { ScalingEntry } from '../scaling/index.js';

/** One key of an entry that differs between two files; of a list, the channel that moved most. */
export interface Move {
  readonly entry: string;
  /** A key of the file, or `multiplier`: `scale * 2^-(prescale_shift + postscale_shift)`. */
  readonly key: string;
  readonly channel?: number;
  readonly from: number;
  readonly to: number;
  /** `|to - from| / max(|from|, |to|)`, 0 to 2; Infinity where widths, lengths or triples differ. */
  readonly relative: number;
  /** Elements of the list that differ; 1 for a single number. */
  readonly count: number;
}

/** Differences between two scaling files. */
export interface ScalingComparison {
  /** Worst first; in the order of the first file where equal. */
  readonly moves: readonly Move[];
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
}

const WIDTHS = ['bw_layer_in', 'bw_layer_out', 'bw_params'] as const;
const FLOATS = ['th_layer_in', 'th_layer_out', 'sf_layer_in', 'sf_layer_out'] as const;

/**
 * Compares entries of the same name: widths, thresholds, scale factors, the multipliers that the triples give, and the triples
 * where the overlay takes other steps to a multiplier.
 */
export function compareScaling(first: readonly ScalingEntry[], second: readonly ScalingEntry[]): ScalingComparison {
  const others = new Map(second.map((entry) => [entry.name, entry]));
  const names = new Set(first.map(({ name }) => name));
  const moves = first.flatMap((entry) => {
    const other = others.get(entry.name);
    return other === undefined ? [] : compareEntries(entry, other);
  });
  return {
    moves: moves.sort((a, b) => (a.relative === b.relative ? 0 : b.relative - a.relative)),
    onlyFirst: [...names].filter((name) => !others.has(name)),
    onlySecond: [...others.keys()].filter((name) => !names.has(name)),
  };
}

const relativeOf = (from: number, to: number): number =>
  from === to ? 0 : Math.abs(to - from) / Math.max(Math.abs(from), Math.abs(to));

function compareEntries(a: ScalingEntry, b: ScalingEntry): Move[] {
  const widths = WIDTHS.filter((key) => a[key] !== b[key]).map(
    (key): Move => ({ entry: a.name, key, from: a[key] ?? 0, to: b[key] ?? 0, relative: Infinity, count: 1 }),
  );
  const floats = FLOATS.filter((key) => a[key] !== b[key]).map(
    (key): Move => ({ entry: a.name, key, from: a[key], to: b[key], relative: relativeOf(a[key], b[key]), count: 1 }),
  );
  const lists = [
    compareLists(a.name, 'th_params', a.th_params ?? [], b.th_params ?? []),
    compareLists(a.name, 'sf_params', a.sf_params ?? [], b.sf_params ?? []),
    compareLists(a.name, 'multiplier', multipliers(a), multipliers(b)),
    compareTriples(a, b),
  ];
  return [...widths, ...floats, ...lists.flat()];
}

function multipliers({ scale, prescale_shift: pre, postscale_shift: post }: ScalingEntry): number[] {
  return scale.map((value, c) => value * 2 ** -((pre[c] ?? 0) + (post[c] ?? 0)));
}

const TRIPLE = ['prescale_shift', 'scale', 'postscale_shift'] as const;

/**
 * The keys of triples that differ for another reason than their multipliers: all where the multiplier is the same; else the shift
 * before scaling, which decides what is clipped, where it does not follow the multiplier's power of two.
 */
function compareTriples(a: ScalingEntry, b: ScalingEntry): Move[] {
  const [from, to] = [multipliers(a), multipliers(b)];
  if (from.length !== to.length) return [];
  return TRIPLE.flatMap((key): Move[] => {
    const channels = [...from.keys()].filter((channel) => {
      if (a[key][channel] === b[key][channel]) return false;
      const [first = 0, second = 0] = [from[channel], to[channel]];
      return first === second || (key === 'prescale_shift' && before(a, channel, first) !== before(b, channel, second));
    });
    const [channel] = channels;
    if (channel === undefined) return [];
    const [own = 0, other = 0] = [a[key][channel], b[key][channel]];
    return [{ entry: a.name, key, channel, from: own, to: other, relative: Infinity, count: channels.length }];
  });
}

/** The shift before scaling from where a multiplier's own power of two would have it. */
function before({ prescale_shift: pre }: ScalingEntry, channel: number, multiplier: number): number {
  return (pre[channel] ?? 0) + Math.ceil(log2(multiplier));
}

function compareLists(entry: string, key: string, a: readonly number[], b: readonly number[]): Move[] {
  if (a.length !== b.length)
    return [{ entry, key: `${key}.length`, from: a.length, to: b.length, relative: Infinity, count: 1 }];
  const moved = a
    .map((from, channel) => ({ channel, from, to: b[channel]!, relative: relativeOf(from, b[channel]!) }))
    .filter(({ relative }) => relative > 0);
  if (moved.length === 0) return [];
  const worst = moved.reduce((most, move) => (move.relative > most.relative ? move : most));
  return [{ entry, key, ...worst, count: moved.length }];
}
