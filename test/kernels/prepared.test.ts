import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEngine } from '../../src/kernels/engine.js';
import { lowerInnerProductF32 } from '../../src/kernels/inner-product.js';
import type { Lowering } from '../../src/kernels/lowering.js';
import { PreparedLowering } from '../../src/kernels/prepared.js';

test('a prepared lowering runs any number of times and gives all of its memory back', async () => {
  const engine = await createEngine();
  const { heap } = engine;
  const [x, y] = [heap.alloc(8), heap.alloc(8)];
  const untouched = heap.alloc(64);
  heap.free(untouched);
  const lowering = lowerInnerProductF32({ inputs: 2, outputs: 1 }, Float32Array.of(3, 5), Float32Array.of(1));
  const prepared = new PreparedLowering(engine, lowering);
  for (const [a, b] of [
    [1, 0],
    [2, 10],
  ] as const) {
    heap.f32(x, 2).set([a, b]);
    prepared.run([x], [y]);
    assert.is(heap.f32(y, 1)[0], 3 * a + 5 * b + 1);
  }
  prepared.free();
  prepared.free();
  assert.is(heap.alloc(64), untouched);
});

test('lowerings have their scratch in one place, during a run alone', async () => {
  const engine = await createEngine();
  const seen: number[] = [];
  const lowering: Lowering = {
    constants: 0,
    scratch: 100,
    prepare: () => undefined,
    run: (_engine, { scratch }) => void seen.push(scratch),
  };
  new PreparedLowering(engine, lowering).run([], []);
  new PreparedLowering(engine, lowering).run([], []);
  const next = engine.heap.alloc(100);
  assert.equal(seen, [next, next]);
});

test.run();
