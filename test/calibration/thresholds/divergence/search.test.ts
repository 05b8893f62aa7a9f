import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { absMinMax, addHistogram } from '../../../../src/calibration/executor/histogram.js';
import { directSearch } from '../../../../src/calibration/thresholds/divergence/definition.js';
import { binCount, searchThreshold } from '../../../../src/calibration/thresholds/divergence/search.js';
import { readNpyFloat32 } from '../../../../src/formats/npy.js';
import { createEngine } from '../../../../src/kernels/engine.js';
import { countMagnitudes, magnitudeRange } from '../../../../src/kernels/twins/histogram.js';
import { shared, testShared } from '../../../support.js';
import { blob, blobNames, uniform } from '../blobs.js';

interface Recorded {
  readonly name: string;
  readonly bw: number;
  readonly n: number;
  readonly mx: number;
  readonly mn: number;
  readonly bins: number;
  readonly counts?: number[];
  readonly i?: number | null;
  readonly divergence?: number;
  readonly threshold: number;
  readonly file?: string;
}

function recorded(): Recorded[] {
  return JSON.parse(readFileSync(`${shared}golden/walk/search.json`, 'utf8'));
}

/** Histogram of a blob by the plain definitions, or null where the threshold needs none. */
function histogram(values: Float32Array, bw: number): { max: number; counts: Float64Array } | null {
  const { max, min } = magnitudeRange(values);
  const bins = max <= 1e-8 ? null : binCount(max, min, values.length, bw);
  if (bins === null) return null;
  const counts = new Uint32Array(bins);
  countMagnitudes(values, max, counts);
  return { max, counts: Float64Array.from(counts) };
}

function assertSame(counts: ArrayLike<number>, max: number, bw: number, what: string): void {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  assert.equal(searchThreshold(counts, total, max, bw), directSearch(counts, total, max, bw), what);
}

testShared('recorded histograms give the recorded bin and threshold', () => {
  for (const { name, bw, n, mx, counts, i, divergence: d, threshold } of recorded().filter(
    (one) => one.counts !== undefined,
  )) {
    for (const search of [searchThreshold, directSearch]) {
      const found = search(counts!, n, mx, bw);
      if (i != null) assert.is(found.bin, i, name);
      if (i != null) assert.ok(Math.abs(found.divergence! - d!) <= 1e-9 * d!, `${name}: ${found.divergence}`);
      assert.ok(Math.abs(found.threshold - threshold) <= 1e-12 * threshold, `${name}: ${found.threshold}`);
    }
  }
});

testShared('recorded activations give the recorded bins and counts', () => {
  for (const { name, bw, mx, mn, bins, counts, file, i } of recorded()) {
    // The histogram of this case was counted with the range in double; the specification takes it in float32, which gives 200 bins.
    const range = name === 'exp2-40000' ? 'double' : 'float32';
    if (mx !== undefined && range === 'float32')
      assert.is(binCount(mx, mn, recorded().find((one) => one.name === name)!.n, bw), i == null ? null : bins, name);
    if (file === undefined || i == null) continue;
    const found = histogram(readNpyFloat32(readFileSync(`${shared}golden/walk/${file}`), file).data, bw)!;
    assert.is(found.max, mx, name);
    assert.equal([...found.counts], counts, name);
  }
});

test('the number of bins, and where none are needed', () => {
  assert.is(binCount(4, 0, 40000, 8), 200);
  assert.is(binCount(4, 0, 40001, 8), 201);
  assert.is(binCount(3, 3, 2000, 8), null);
  assert.is(binCount(4, 0, 127 ** 2, 8), null);
  assert.is(binCount(4, 0, 128 ** 2, 8), null);
  assert.is(binCount(4, 0, 128 ** 2 + 1, 8), 129);
  assert.is(binCount(4, 0, 25_690_112, 8), 5069);
  assert.is(binCount(4, 0, 25_690_112, 16), null);
  assert.is(binCount(1.4, 0.4, 40000, 8), null);
  // The range is float32: a minimum below half a unit of the maximum's last place does not count.
  assert.is(binCount(129.9957275390625, 1.954061801257012e-8, 40000, 8), 200);
  assert.is(binCount(78.68001556396484, 1.8883204120356822e-6, 16384, 8), null);
});

test('blobs like activations, and unlike any: the search equals its definition', () => {
  for (const name of blobNames) {
    for (const count of [1, 2, 1000, 16385, 16700, 40000, 250000]) {
      const found = histogram(blob(name, count), 8);
      if (found !== null) assertSame(found.counts, found.max, 8, `${name}, ${count} values`);
    }
  }
});

test('other bit widths', () => {
  for (const name of ['relu', 'heavy tail', 'on a grid']) {
    for (const bw of [2, 3, 4, 6, 9, 10]) {
      const found = histogram(blob(name, 400_000, bw), bw)!;
      if (found !== null) assertSame(found.counts, found.max, bw, `${name}, ${bw} bits`);
    }
  }
});

test('bins one to three more than levels, and candidates that tie', () => {
  const random = uniform(3);
  for (const bins of [1, 2, 127, 128, 129, 130, 131, 255, 256, 257, 400]) {
    const noise = Array.from({ length: bins }, () => Math.floor(random() * 20));
    const shapes: Record<string, number[]> = {
      noise: [1, ...noise.slice(1)],
      'all in the first bin': noise.map((_, j) => (j === 0 ? 1000 : 0)),
      'first and last': noise.map((_, j) => (j === 0 || j === bins - 1 ? 1000 : 0)),
      'first, and one of many last': noise.map((_, j) => (j === 0 ? 2 ** 30 : j === bins - 1 ? 1 : 0)),
      flat: noise.map(() => 7),
      'the first half': noise.map((_, j) => (j < bins / 2 ? 7 : 0)),
      'one in a hundred': noise.map((_, j) => (j % 100 === 0 ? 7 : 0)),
      'an empty first bin': noise.map((count, j) => (j === 0 ? 0 : count + 1)),
      'one, then many': noise.map((_, j) => (j === 0 ? 1 : j === 1 ? 2 ** 31 : 1)),
    };
    for (const [name, counts] of Object.entries(shapes)) assertSame(counts, 3.7, 8, `${name}, ${bins} bins`);
  }
});

test('counts beyond what sums exactly', () => {
  const random = uniform(9);
  const counts = Array.from({ length: 900 }, (_, j) => Math.floor((2 ** 36 / (j + 1)) * random()) + 1);
  assertSame(counts, 2, 8, 'large counts');
});

test('ten million elements, through the kernels', async () => {
  const engine = await createEngine();
  const values = blob('sparse relu', 10_000_000);
  const at = engine.heap.alloc(values.byteLength);
  engine.heap.f32(at, values.length).set(values);
  const expected = histogram(values, 8)!;
  const { max, min } = absMinMax(engine, at, values.length);
  const counts = new Float64Array(binCount(max, min, values.length, 8)!);
  addHistogram(engine, at, values.length, max, counts);
  assert.is(max, expected.max);
  assert.equal(counts, expected.counts);
  assert.is(counts.length, 3163);
  assertSame(counts, max, 8, 'ten million');
});

test.run();
