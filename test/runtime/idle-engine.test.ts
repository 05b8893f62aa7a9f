import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { giveBackEngine, takeEngine } from '../../src/runtime/idle-engine.js';

test("an engine that was given back is the next job's, with all of its memory", async () => {
  // Engines of tests before this one, in the same process, come first.
  const engine = await takeEngine();
  engine.heap.alloc(100_000);
  engine.heap.alloc(300_000);
  const bytes = engine.heap.bytes;
  giveBackEngine(engine);
  assert.is(await takeEngine(), engine);
  const first = engine.heap.alloc(bytes - 8192);
  assert.is(engine.heap.bytes, bytes, 'it did not have to grow');
  engine.heap.free(first);
});

test('two jobs at once have two engines', async () => {
  const [one, other] = [await takeEngine(), await takeEngine()];
  assert.is.not(one, other);
  giveBackEngine(one);
  giveBackEngine(other);
  assert.equal(new Set([await takeEngine(), await takeEngine()]), new Set([one, other]));
});

test.run();
