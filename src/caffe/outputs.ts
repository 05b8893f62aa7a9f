import { fail } from '../error.js';
import { listNames } from './layer.js';
import { blobOf, type Wiring } from './wire.js';

/** The value of each name. A layer name means its first top, written by the layer that completes it if one does; a top that is no layer's name means the last version of its blob. */
export function valueNames(wiring: Wiring): Map<string, number> {
  const names = new Map<string, number>();
  for (const { layer, outputs } of wiring.layers)
    for (const id of outputs.slice(0, 1)) names.set(layer.completes ?? layer.name, id);
  for (const [top, value] of wiring.last) if (!names.has(top)) names.set(top, value);
  return names;
}

/**
 * The wanted values: those named, else those that no layer reads, a Silence layer included. Throws `usage` for a name
 * that is neither a layer nor a top.
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

/** The values that no layer reads, except those of silenced blobs. */
export function unreadValues(wiring: Wiring, silenced: ReadonlySet<string>): number[] {
  const read = new Set(wiring.layers.flatMap((layer) => layer.inputs));
  return wiring.layers
    .flatMap((layer) => layer.outputs)
    .filter((id) => !read.has(id) && !silenced.has(blobOf(wiring, id)));
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

/** The layers that the wanted values need, in the order of the file. */
export function cutTo(wiring: Wiring, wanted: readonly number[]): Wiring {
  const needed = new Set(wanted);
  const kept = [...wiring.layers].reverse().filter(({ inputs, outputs }) => {
    if (!outputs.some((id) => needed.has(id))) return false;
    inputs.forEach((id) => needed.add(id));
    return true;
  });
  return { ...wiring, layers: kept.reverse() };
}
