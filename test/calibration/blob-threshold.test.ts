import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blobThreshold, directBlobThreshold } from '../../src/calibration/blob-threshold.js';
import { XfdnnError } from '../../src/error.js';
import { readNpyFloat32 } from '../../src/formats/npy.js';
import { createEngine, type Engine } from '../../src/kernels/engine.js';
import { shared, testShared } from '../support.js';
import { blob, blobNames } from './blobs.js';

function put(engine: Engine, values: Float32Array): number {
  const at = engine.heap.alloc(values.byteLength);
  engine.heap.f32(at, values.length).set(values);
  return at;
}

test('a blob of every kind, through kernels, twins and by definition', async () => {
  for (const simd of ['wasm', 'twin'] as const) {
    const engine = await createEngine({ simd });
    for (const name of blobNames) {
      const values = blob(name, 30_001, 11);
      for (const bw of [8, 16]) {
        assert.equal(blobThreshold(engine, put(engine, values), values.length, bw), directBlobThreshold(values, bw), `${name}, ${bw} bits, ${simd}`);
      }
    }
  }
});

test('zero, constant and 16-bit blobs need no search', async () => {
  const engine = await createEngine();
  const threshold = (values: Float32Array, bw: number) => blobThreshold(engine, put(engine, values), values.length, bw);
  assert.equal(threshold(blob('zeros', 40_000), 8), { threshold: 0 });
  assert.equal(threshold(blob('tiny', 40_000), 8), { threshold: 0 });
  assert.equal(threshold(blob('constant', 40_000), 8), { threshold: 3.25 });
  const relu = blob('relu', 40_000);
  assert.equal(threshold(relu, 16), { threshold: relu.reduce((max, x) => Math.max(max, x)) });
  assert.throws(() => threshold(Float32Array.of(1, NaN), 8), (error: XfdnnError) => error.code === 'data');
  assert.throws(() => threshold(Float32Array.of(-Infinity, 1), 8), (error: XfdnnError) => error.code === 'data');
});

testShared('recorded activations give the recorded threshold', async () => {
  const engine = await createEngine();
  const cases: { name: string; bw: number; threshold: number; file?: string }[] = JSON.parse(readFileSync(`${shared}golden/walk/search.json`, 'utf8'));
  for (const { name, bw, threshold, file } of cases.filter((one) => one.file !== undefined)) {
    const values = readNpyFloat32(readFileSync(`${shared}golden/walk/${file}`), file!).data;
    const found = blobThreshold(engine, put(engine, values), values.length, bw).threshold;
    assert.ok(Math.abs(found - threshold) <= 1e-12 * threshold, `${name}: ${found}`);
  }
});

test.run();
