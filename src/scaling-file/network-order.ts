import type { EntryLayers } from '../placement/entry-layers.js';
import type { ScalingEntry } from '../scaling/index.js';

/** Entries in the order of their layers; those without a layer stay in their order, at the end. */
export function inNetworkOrder(entries: Iterable<ScalingEntry>, layers: EntryLayers): ScalingEntry[] {
  const index = (entry: ScalingEntry): number => layers.get(entry.name)?.index ?? Infinity;
  return [...entries].sort((a, b) => (index(a) === index(b) ? 0 : index(a) - index(b)));
}
