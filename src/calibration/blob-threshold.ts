import { fail } from '../error.js';
import type { Engine } from '../kernels/engine.js';
import { countMagnitudes, magnitudeRange } from '../kernels/twins/histogram.js';
import { directSearch, type Found } from './divergence.js';
import { absMinMax, addHistogram } from './histogram.js';
import { binCount, searchThreshold } from './threshold-search.js';

/** Magnitudes up to this count as zero (QUANTIZER.md, section 3). */
const ZERO = 1e-8;

/**
 * The threshold of one blob in one piece: `count` float32 values at the address `at` of the engine's heap, for `bw` bits.
 * 0 where no magnitude exceeds 1e-8. Throws `data` on NaN or infinity.
 */
export function blobThreshold(engine: Engine, at: number, count: number, bw: number): Found {
  const { max, min } = absMinMax(engine, at, count);
  return threshold(max, min, count, bw, (bins) => {
    const counts = new Float64Array(bins);
    addHistogram(engine, at, count, max, counts);
    return searchThreshold(counts, count, max, bw);
  });
}

/** `blobThreshold` of values by the plain definitions of every step: the same result, slowly. */
export function directBlobThreshold(values: Float32Array, bw: number): Found {
  const { max, min } = magnitudeRange(values);
  return threshold(max, min, values.length, bw, (bins) => {
    const counts = new Uint32Array(bins);
    countMagnitudes(values, max, counts);
    return directSearch(counts, values.length, max, bw);
  });
}

function threshold(max: number, min: number, count: number, bw: number, search: (bins: number) => Found): Found {
  if (!Number.isFinite(max)) fail('data', 'blob', `expected finite values, got ${max}.`, 'Check the input and the weights.');
  if (max <= ZERO) return { threshold: 0 };
  const bins = binCount(max, min, count, bw);
  return bins === null ? { threshold: max } : search(bins);
}
