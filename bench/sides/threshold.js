import { absMinMax, addHistogram } from '../../dist/src/calibration/executor/histogram.js';
import { directSearch } from '../../dist/src/calibration/thresholds/divergence/definition.js';
import { binCount, searchThreshold } from '../../dist/src/calibration/thresholds/divergence/search.js';
import { createEngine } from '../../dist/src/kernels/engine.js';
import { countMagnitudes, magnitudeRange } from '../../dist/src/kernels/twins/histogram.js';

/** 32 images of GoogLeNet's largest activation, 64 x 112 x 112. */
const COUNT = 32 * 64 * 112 * 112;
const BITS = 8;

/** Maximum, minimum, histogram and search over a blob; each by kernels, or by its definition. @typedef {{ range: () => { max: number, min: number }, count: (max: number, bins: number) => ArrayLike<number>, search: typeof searchThreshold }} Method */

/** @type {Record<'kernels' | 'direct', (values: Float32Array) => Promise<Method>>} */
const methods = {
  async kernels(values) {
    const engine = await createEngine();
    const at = engine.heap.alloc(values.byteLength);
    engine.heap.f32(at, values.length).set(values);
    const count = (/** @type {number} */ max, /** @type {number} */ bins) => {
      const counts = new Float64Array(bins);
      addHistogram(engine, at, values.length, max, counts);
      return counts;
    };
    return { range: () => absMinMax(engine, at, values.length), count, search: searchThreshold };
  },

  async direct(values) {
    const count = (/** @type {number} */ max, /** @type {number} */ bins) => {
      const counts = new Uint32Array(bins);
      countMagnitudes(values, max, counts);
      return counts;
    };
    return { range: () => magnitudeRange(values), count, search: directSearch };
  },
};

/**
 * The threshold of one blob, or its search alone.
 * @param {{ method: 'kernels' | 'direct', part: 'blob' | 'search' }} config
 */
export async function open({ method, part }) {
  const values = rectified(COUNT);
  const { range, count, search } = await methods[method](values);
  const { max, min } = range();
  const bins = binCount(max, min, COUNT, BITS) ?? 0;
  const counts = count(max, bins);
  const blob = () => {
    const found = range();
    return search(count(found.max, binCount(found.max, found.min, COUNT, BITS) ?? 0), COUNT, found.max, BITS);
  };
  const once = part === 'blob' ? blob : () => search(counts, COUNT, max, BITS);
  return {
    run: (/** @type {number} */ times) => {
      for (let i = 0; i < times; i++) once();
    },
    outputs: () => [Float32Array.of(bins), Float32Array.of(once().bin ?? -1)],
  };
}

/** What a rectifier lets through of values near normal with a heavy tail: half of them 0. @param {number} count */
function rectified(count) {
  const values = new Float32Array(count);
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  for (let i = 0; i < count; i++) values[i] = Math.max(0, (uniform() + uniform() + uniform()) * (1.2 + uniform()) * 40);
  return values;
}
