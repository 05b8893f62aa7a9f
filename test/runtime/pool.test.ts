import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { XfdnnError } from '../../src/error.js';
import { inOrder, openPool, type Pool } from '../../src/runtime/pool.js';
import { tasks } from './pool-tasks.js';

(globalThis as { poolTestMain?: boolean }).poolTestMain = true;

async function withPool(size: number, use: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = await openPool(size, new URL('./pool-worker.js', import.meta.url), tasks);
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
}

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error, got none');
}

for (const size of [1, 2, 3]) {
  test(`${size} members: this thread is one of them, the rest are workers`, () =>
    withPool(size, async (pool) => {
      const isMain = await pool.all<boolean>('isMain', () => null);
      assert.is(isMain.length, size);
      assert.is(isMain.filter(Boolean).length, 1);
    }));

  test(`${size} members: each has a memory and does its tasks in order`, () =>
    withPool(size, async (pool) => {
      const sums = await Promise.all([1, 10, 100].map((value) => pool.all<number>('add', (member) => value + member)));
      assert.equal(
        sums,
        [0, 1, 2].map((index) =>
          Array.from({ length: size }, (_, member) => [1, 11, 111][index]! + (index + 1) * member),
        ),
      );
      assert.is(await pool.one<number>(size - 1, 'add', 0), 111 + 3 * (size - 1));
    }));

  test(`${size} members: errors arrive as what they were, and the next task runs`, () =>
    withPool(size, async (pool) => {
      for (let member = 0; member < size; member++) {
        const error = await errorOf(pool.one(member, 'fail', 'data'));
        assert.instance(error, XfdnnError);
        assert.is(error.message, 'image.png: expected more, got less. Replace it.');
        assert.is((await errorOf(pool.one(member, 'fail', null))).message, 'broken');
        assert.is(await pool.one(member, 'add', 1), 1);
      }
    }));
}

test('a pool that closes waits for what this thread is doing and drops what has not begun', async () => {
  const pool = await openPool(1, new URL('./pool-worker.js', import.meta.url), tasks);
  const running = pool.one(0, 'wait', 20);
  const dropped = errorOf(pool.one(0, 'add', 1));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await pool.close();
  await running;
  assert.match((await dropped).message, /after the end/);
});

test('a worker is heard while this thread has tasks waiting', () =>
  withPool(2, async (pool) => {
    await pool.one(0, 'add', 1);
    const order: string[] = [];
    const busy = Array.from({ length: 40 }, async () => order.push(await pool.one<string>(1, 'spin', 5)));
    await Promise.all([...busy, pool.one(0, 'add', 1).then(() => order.push('worker'))]);
    assert.ok(order.indexOf('worker') < 40, `${order}`);
  }));

test('a worker that did all it was asked serves the next pool, with nothing in its memory; one that failed does not', async () => {
  const pid = async (pool: Pool): Promise<number> => pool.one<number>(0, 'thread', null);
  let [first, second, third] = [0, 0, 0];
  await withPool(2, async (pool) => {
    first = await pid(pool);
    await pool.one(0, 'add', 7);
  });
  await withPool(2, async (pool) => {
    second = await pid(pool);
    assert.is(await pool.one(0, 'add', 1), 1);
    await errorOf(pool.one(0, 'fail', 'data'));
  });
  await withPool(2, async (pool) => void (third = await pid(pool)));
  assert.is(second, first);
  assert.is.not(third, first);
});

test('a worker that ends by itself fails what it was asked, and what it is asked after', async () => {
  const pool = await openPool(2, new URL('./pool-worker.js', import.meta.url), tasks);
  assert.match((await errorOf(pool.one(0, 'exit', null))).message, /exit code 3/);
  assert.match((await errorOf(pool.one(0, 'add', 1))).message, /exit code 3/);
  await pool.close();
});

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('results come in order, whichever piece of work ends first', async () => {
  assert.equal(await inOrder(3, (index) => after(10 - 5 * index).then(() => index)), [0, 1, 2]);
  assert.equal(await inOrder(0, async (index) => index), []);
});

test('of several failures the first in order is thrown, whichever came first', async () => {
  const work = async (index: number): Promise<number> => {
    await after(20 - 5 * index);
    if (index > 0) throw new Error(`image ${index}`);
    return index;
  };
  assert.is((await errorOf(inOrder(4, work))).message, 'image 1');
});

test.run();
