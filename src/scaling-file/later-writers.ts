import type { Json } from '../formats/json.js';
import type { ScalingEntry } from '../scaling/index.js';

const TRIPLE = ['prescale_shift', 'scale', 'postscale_shift'];

/** Ending of the entries that pyxir writes for max poolings. */
const UTILITY = /_QUANT_UTIL$/;

/**
 * Whether an entry moves codes unchanged: the triple (0, 1, 0) without weights, which pyxir writes for Concats and max
 * poolings. Decomposed multipliers have 7 bits or more.
 */
export function copiesCodes({
  th_params: params,
  prescale_shift: pre,
  scale,
  postscale_shift: post,
}: ScalingEntry): boolean {
  return (
    params === undefined &&
    [pre, scale, post].every(({ length }) => length === 1) &&
    pre[0] === 0 &&
    scale[0] === 1 &&
    post[0] === 0
  );
}

/** The layer that an entry of a later writer is about: `pool1` for `pool1_QUANT_UTIL`. */
export function layerOfEntry(name: string): string {
  return name.replace(UTILITY, '');
}

/** Whether an entry is that of the network's input by the compiler of release 1.5: parameters as scalars, and no triple. */
export function describesInput(members: ReadonlyMap<string, Json>): boolean {
  return members.get('th_params')?.kind === 'number' && TRIPLE.every((key) => !members.has(key));
}
