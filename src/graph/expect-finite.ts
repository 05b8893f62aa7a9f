import { fail } from '../error.js';
import type { Graph } from './graph.js';

/**
 * Throws `data` where the feeds of a graph hold NaN or infinity, which no code stands for. `feeds`: float32 data in the
 * order of `graph.inputs`; `image`: its number in the batch, from 0.
 */
export function expectFiniteInputs({ inputs, values }: Graph, feeds: readonly Float32Array[], image: number): void {
  for (const [input, data] of feeds.entries()) {
    const index = firstInfinite(data);
    if (index < 0) continue;
    const blob = values[inputs[input] ?? -1]?.blob ?? '';
    fail(
      'data',
      `input "${blob}" of image ${image + 1}`,
      `expected finite values, got ${data[index]} at element ${index}.`,
      'Correct the array: no code stands for it.',
    );
  }
}

/** The index of the first element that is NaN or infinite; -1: there is none. */
function firstInfinite(data: Float32Array): number {
  for (let i = 0; i < data.length; i++) if (!(Math.abs(data[i]!) < Infinity)) return i;
  return -1;
}
