import type { LayerCounts } from '../emulator/counters.js';
import type { Counts } from './verifier.js';

/** The sums of the counts of several engines. */
export function mergeCounts(parts: readonly Counts[]): Counts {
  const layers = new Map<string, LayerCounts>();
  const inputs = new Map<string, { clipped: number; values: number }>();
  for (const part of parts) {
    for (const [name, counts] of part.layers) {
      const sum = layers.get(name);
      layers.set(name, sum === undefined ? { ...counts } : addCounts(sum, counts));
    }
    for (const [name, counts] of part.inputs) {
      const sum = inputs.get(name) ?? { clipped: 0, values: 0 };
      inputs.set(name, { clipped: sum.clipped + counts.clipped, values: sum.values + counts.values });
    }
  }
  return { layers, inputs };
}

function addCounts(a: LayerCounts, b: LayerCounts): LayerCounts {
  const add = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, c) => value + (y[c] ?? 0));
  return {
    prescale: add(a.prescale, b.prescale),
    output: add(a.output, b.output),
    beyond: add(a.beyond, b.beyond),
    alive: a.alive.map((alive, c) => alive | (b.alive[c] ?? 0)),
    values: a.values + b.values,
  };
}
