import type { EntryLayers } from '../placement/entry-layers.js';
import type { ScalingEntry } from '../scaling/index.js';
import { type Fault, fault } from './fault.js';

/** Entries in the order of their layers; those without a layer stay in their order, at the end. */
export function inNetworkOrder(entries: Iterable<ScalingEntry>, layers: EntryLayers): ScalingEntry[] {
  const index = (entry: ScalingEntry): number => layers.get(entry.name)?.index ?? Infinity;
  return [...entries].sort((a, b) => (index(a) === index(b) ? 0 : index(a) - index(b)));
}

/** A fault for each of the fewest entries that have to move so that all stand in network order. */
export function misplaced(entries: readonly ScalingEntry[], layers: EntryLayers): Fault[] {
  const known = entries.flatMap(({ name }) => {
    const layer = layers.get(name);
    return layer === undefined ? [] : [{ name, index: layer.index }];
  });
  const sorted = [...known].sort((a, b) => a.index - b.index);
  const staying = new Set(longestAscent(known.map(({ index }) => index)));
  return known
    .filter((_, i) => !staying.has(i))
    .map((entry) => {
      const position = sorted.indexOf(entry);
      const before = sorted[position - 1];
      const neighbour = before === undefined ? `before that of "${sorted[1]?.name}"` : `after that of "${before.name}"`;
      return fault(entry.name, 'name', `expected its entry ${neighbour}: entries stand in network order.`, {
        derivable: true,
      });
    });
}

/** A longest strictly ascending selection that ends at a position, and the one without that position. */
interface Ascent {
  readonly position: number;
  readonly number: number;
  readonly length: number;
  readonly before: Ascent | undefined;
}

/** Positions of a longest strictly ascending selection. */
function longestAscent(numbers: readonly number[]): number[] {
  const ascents: Ascent[] = [];
  for (const [position, number] of numbers.entries()) {
    let before: Ascent | undefined;
    for (const ascent of ascents) if (ascent.number < number && ascent.length > (before?.length ?? 0)) before = ascent;
    ascents.push({ position, number, length: (before?.length ?? 0) + 1, before });
  }
  let last = ascents.reduce<Ascent | undefined>((a, b) => (b.length > (a?.length ?? 0) ? b : a), undefined);
  const selection: number[] = [];
  for (; last !== undefined; last = last.before) selection.push(last.position);
  return selection.reverse();
}
