import { fail } from '../error.js';
import { elements, formatShape } from '../tensor.js';
import type { Value } from './graph.js';

/** The data of a graph input, checked. `where` names the input. Throws `data` for another type or number of values. */
export function expectInput({ shape }: Pick<Value, 'shape'>, data: Float32Array, where: string): Float32Array {
  const got = data instanceof Float32Array ? `${data.length}` : 'something else';
  if (got !== `${elements(shape)}`)
    fail('data', where, `expected a Float32Array of ${elements(shape)} values (${formatShape(shape)}), got ${got}.`);
  return data;
}
