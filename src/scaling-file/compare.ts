import type { ScalingEntry } from '../scaling/index.js';

/** One key of an entry that differs between two files; of a list, the channel that moved most. */
export interface Move {
  readonly entry: string;
  /** A key of the file, or `multiplier`: `scale * 2^-(prescale_shift + postscale_shift)`. */
  readonly key: string;
  readonly channel?: number;
  readonly from: number;
  readonly to: number;
  /** `|to - from| / max(|from|, |to|)`, 0 to 2; Infinity where widths or lengths differ. */
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

/** Compares entries of the same name: widths, thresholds, scale factors and the multipliers that the triples give. */
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
  ];
  return [...widths, ...floats, ...lists.flat()];
}

function multipliers({ scale, prescale_shift: pre, postscale_shift: post }: ScalingEntry): number[] {
  return scale.map((value, c) => value * 2 ** -((pre[c] ?? 0) + (post[c] ?? 0)));
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
