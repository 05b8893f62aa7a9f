import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ActivationStore, type SpillFile } from '../../../src/calibration/executor/activation-store.js';
import { createEngine, type Engine } from '../../../src/kernels/engine.js';

/** A temporary file in memory, and how often it was written and read. */
class MemoryFile implements SpillFile {
  bytes = new Uint8Array(0);
  writes = 0;
  reads = 0;

  append(data: Uint8Array): number {
    const offset = this.bytes.length;
    this.bytes = Uint8Array.of(...this.bytes, ...data);
    this.writes++;
    return offset;
  }

  overwrite(offset: number, data: Uint8Array): void {
    this.bytes.set(data, offset);
    this.writes++;
  }

  read(offset: number, target: Uint8Array): void {
    target.set(this.bytes.subarray(offset, offset + target.length));
    this.reads++;
  }
}

async function storeOf(budget: number): Promise<{ engine: Engine; file: MemoryFile; store: ActivationStore }> {
  const engine = await createEngine();
  const file = new MemoryFile();
  return { engine, file, store: new ActivationStore(engine, budget, file) };
}

/** Stores 100 bytes of one value. */
function put({ engine, store }: { engine: Engine; store: ActivationStore }, key: string, value: number): void {
  engine.heap.u8(store.alloc(key, 100), 100).fill(value);
}

function expectValue({ engine, store }: { engine: Engine; store: ActivationStore }, key: string, value: number): void {
  assert.ok(
    engine.heap.u8(store.get(key), 100).every((byte) => byte === value),
    key,
  );
}

test('arrays within the budget stay in memory', async () => {
  const opened = await storeOf(300);
  for (const value of [1, 2, 3]) put(opened, `${value}`, value);
  for (const value of [1, 2, 3]) expectValue(opened, `${value}`, value);
  assert.equal([opened.file.writes, opened.file.reads], [0, 0]);
});

test('beyond the budget the least recently used array goes to the file, once, and comes back', async () => {
  const opened = await storeOf(200);
  put(opened, 'a', 1);
  put(opened, 'b', 2);
  expectValue(opened, 'a', 1);
  put(opened, 'c', 3);
  assert.is(opened.file.writes, 1);
  expectValue(opened, 'a', 1);
  assert.is(opened.file.reads, 0, 'a was used after b');
  for (let round = 0; round < 3; round++)
    for (const [key, value] of [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ] as const)
      expectValue(opened, key, value);
  assert.is(opened.file.writes, 3, 'an array in the file is not written again');
});

test('pinned arrays keep their address', async () => {
  const opened = await storeOf(200);
  put(opened, 'a', 1);
  put(opened, 'b', 2);
  const at = opened.store.get('a');
  opened.store.get('b');
  opened.store.alloc('c', 100, ['a']);
  assert.is(opened.store.get('a'), at);
});

test('room in the file is used again', async () => {
  const opened = await storeOf(100);
  put(opened, 'a', 1);
  put(opened, 'b', 2);
  opened.store.free('a');
  put(opened, 'c', 3);
  put(opened, 'd', 4);
  assert.is(opened.file.bytes.length, 200);
  expectValue(opened, 'b', 2);
  expectValue(opened, 'c', 3);
});

test('an array replaces one of the same key; what is released is gone', async () => {
  const opened = await storeOf(300);
  put(opened, 'a', 1);
  put(opened, 'a', 2);
  expectValue(opened, 'a', 2);
  opened.store.free('a');
  opened.store.free('a');
  assert.is(opened.store.has('a'), false);
  assert.throws(() => opened.store.get('a'), /nothing is stored under a/);
});

test('without a file everything stays in memory', async () => {
  const engine = await createEngine();
  const store = new ActivationStore(engine, 100, null);
  for (const value of [1, 2, 3]) put({ engine, store }, `${value}`, value);
  for (const value of [1, 2, 3]) expectValue({ engine, store }, `${value}`, value);
});

test.run();
