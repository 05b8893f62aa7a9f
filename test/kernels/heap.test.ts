import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { Heap } from '../../src/kernels/heap.js';
import { generator } from './random.js';

test('blocks are aligned, apart and keep what is written while the memory grows', () => {
  const heap = new Heap();
  const random = generator(7);
  const live = new Map<number, { bytes: number; mark: number }>();
  for (let step = 0; step < 2000; step++) {
    if (random(3) > 0 || live.size === 0) {
      const bytes = 1 + random(step % 10 === 0 ? 300_000 : 2_000);
      const pointer = heap.alloc(bytes);
      assert.is(pointer % 64, 0);
      heap.u8(pointer, bytes).fill(step & 255);
      live.set(pointer, { bytes, mark: step & 255 });
    } else {
      const [pointer, { bytes, mark }] = [...live][random(live.size)]!;
      assert.ok(
        heap.u8(pointer, bytes).every((byte) => byte === mark),
        `block ${pointer} of ${bytes}`,
      );
      heap.free(pointer);
      live.delete(pointer);
    }
  }
  for (const [pointer, { bytes, mark }] of live) assert.ok(heap.u8(pointer, bytes).every((byte) => byte === mark));
});

test('what was freed is used again: neighbours become one hole', () => {
  const heap = new Heap();
  const blocks = Array.from({ length: 64 }, () => heap.alloc(100_000));
  const bytes = heap.bytes;
  for (const index of [1, 0, 3, 2, ...Array.from({ length: 60 }, (_, i) => i + 4)]) heap.free(blocks[index]!);
  heap.alloc(64 * 100_000);
  assert.is(heap.bytes, bytes);
});

test('a request beyond 4 GB, and freeing what was not allocated, are named', () => {
  const heap = new Heap();
  assert.throws(() => heap.alloc(5e9), /expected room for 5000000000 bytes/);
  assert.throws(() => heap.free(12), /expected an allocated address, got 12/);
});

test('views of the whole memory follow its growth', () => {
  const heap = new Heap();
  const before = heap.all;
  const pointer = heap.alloc(1_000_000);
  heap.f32(pointer, 1)[0] = 1.5;
  assert.is(heap.all.f32[pointer / 4], 1.5);
  assert.is.not(heap.all, before);
});

test('an engine says what it runs on', async () => {
  assert.is((await createEngine()).kind, 'wasm');
  assert.is((await createEngine({ simd: 'twin' })).kind, 'twin');
});

test.run();
