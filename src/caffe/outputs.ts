import { fail } from '../error.js';
import { listNames } from './layer.js';
import type { Wiring } from './wire.js';

/** What each name means: a layer's is the value after it (its first top), a top's that no layer bears the blob's last value. */
export function valueNames(wiring: Wiring): Map<string, number> {
  const names = new Map<string, number>();
  for (const { layer, outputs } of wiring.layers) if (outputs.length > 0) names.set(layer.name, outputs[0]!);
  for (const [top, value] of wiring.last) if (!names.has(top)) names.set(top, value);
  return names;
}

/**
 * The values that are wanted: those named, or those that nothing reads and no Silence layer swallows.
 * Throws `usage` for a name that is none.
 */
export function wantedValues(
  wiring: Wiring,
  named: readonly string[] | undefined,
  silenced: ReadonlySet<string>,
): number[] {
  if (named !== undefined && named.length > 0) {
    const names = valueNames(wiring);
    return [...new Set(named.map((name) => names.get(name) ?? unknownName(name, names)))];
  }
  return unreadValues(wiring, silenced);
}

/** The values that no layer reads, but for those of silenced blobs. */
export function unreadValues(wiring: Wiring, silenced: ReadonlySet<string>): number[] {
  const read = new Set(wiring.layers.flatMap((layer) => layer.inputs));
  return wiring.layers
    .flatMap((layer) => layer.outputs)
    .filter((id) => !read.has(id) && !silenced.has(wiring.values[id]!.blob));
}

function unknownName(name: string, names: ReadonlyMap<string, number>): never {
  const close = [...names.keys()].filter(
    (other) => other.toLowerCase().includes(name.toLowerCase()) || name.toLowerCase().includes(other.toLowerCase()),
  );
  fail(
    'usage',
    '--output_layer',
    `expected a layer or top of the network, got "${name}".`,
    close.length > 0 ? `Close: ${listNames(close)}.` : `The last ones are ${listNames([...names.keys()].slice(-5))}.`,
  );
}

/** The wanted values and every layer they need, in the order of the file. */
export function cutTo(wiring: Wiring, wanted: readonly number[]): Wiring {
  const needed = new Set(wanted);
  const kept = [...wiring.layers].reverse().filter(({ inputs, outputs }) => {
    if (!outputs.some((id) => needed.has(id))) return false;
    inputs.forEach((id) => needed.add(id));
    return true;
  });
  return { ...wiring, layers: kept.reverse() };
}
