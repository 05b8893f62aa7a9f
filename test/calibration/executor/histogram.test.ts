import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { absMinMax, addHistogram, countZeros } from '../../../src/calibration/executor/histogram.js';
import { createEngine, type Engine } from '../../../src/kernels/engine.js';
import { blob, blobNames } from '../thresholds/blobs.js';

function put(engine: Engine, values: Float32Array): number {
  const at = engine.heap.alloc(values.byteLength);
  engine.heap.f32(at, values.length).set(values);
  return at;
}

/** Bins by the edges alone, one after the other. */
function byEdges(values: Float32Array, max: number, bins: number): Float64Array {
  const counts = new Float64Array(bins);
  for (const value of values) {
    let bin = bins - 1;
    while (Math.abs(value) < bin * (max / bins)) bin--;
    counts[bin]!++;
  }
  return counts;
}

test('magnitudes are those of the values', async () => {
  const engine = await createEngine();
  for (const name of blobNames) {
    const values = blob(name, 1003);
    const sizes = Array.from(values, Math.abs);
    assert.equal(
      absMinMax(engine, put(engine, values), values.length),
      { max: Math.max(...sizes), min: Math.min(...sizes), finite: true },
      name,
    );
  }
});

test('NaN and infinity are reported wherever they stand', async () => {
  const engine = await createEngine();
  for (const bad of [NaN, -NaN, Infinity, -Infinity]) {
    for (let place = 0; place < 21; place++) {
      const values = blob('gauss', 21);
      values[place] = bad;
      assert.is(absMinMax(engine, put(engine, values), 21).finite, false, `${bad} at ${place}`);
    }
  }
  assert.equal(absMinMax(engine, put(engine, new Float32Array(0)), 0), { max: 0, min: Infinity, finite: true });
});

test('every value is in the bin between its edges', async () => {
  const engine = await createEngine();
  for (const name of blobNames) {
    const values = blob(name, 1003);
    const at = put(engine, values);
    const { max } = absMinMax(engine, at, values.length);
    if (max <= 1e-8) continue;
    for (const bins of [1, 2, 129, 1000]) {
      const counts = new Float64Array(bins);
      addHistogram(engine, at, values.length, max, counts);
      assert.equal(counts, byEdges(values, max, bins), `${name}, ${bins} bins`);
    }
  }
});

test('a value on an edge belongs above it, one float32 less below', async () => {
  const engine = await createEngine();
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  for (const [max, bins] of [
    [5.3, 129],
    [1, 128],
    [151, 453],
    [1e-7, 1000],
  ] as const) {
    const values: number[] = [Math.fround(max)];
    for (let bin = 0; bin <= bins; bin++) {
      float[0] = Math.min(bin * (Math.fround(max) / bins), Math.fround(max));
      values.push(float[0]);
      if (bits[0]! > 0) bits[0]!--;
      values.push(-float[0]);
    }
    const all = Float32Array.from(values);
    const counts = new Float64Array(bins);
    addHistogram(engine, put(engine, all), all.length, Math.fround(max), counts);
    assert.equal(counts, byEdges(all, Math.fround(max), bins));
  }
});

test('parts add up to the whole', async () => {
  const engine = await createEngine();
  const values = blob('relu', 5001);
  const at = put(engine, values);
  const { max } = absMinMax(engine, at, values.length);
  const [whole, parts] = [new Float64Array(300), new Float64Array(300)];
  addHistogram(engine, at, values.length, max, whole);
  for (let start = 0; start < values.length; start += 577)
    addHistogram(engine, at + 4 * start, Math.min(577, values.length - start), max, parts);
  assert.equal(parts, whole);
});

test('zeros of either sign are counted, and nothing near them', async () => {
  const engine = await createEngine();
  const values = Float32Array.of(0, -0, 1e-45, -1e-45, 1, 0);
  assert.is(countZeros(engine, put(engine, values), values.length), 3);
  assert.is(countZeros(engine, put(engine, new Float32Array(0)), 0), 0);
});

test.run();
