import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startWorker } from '../../src/platform/index.js';
import { workerOfMovedPackage } from '../../src/platform/worker.js';

const module = new URL('./echo-worker.js', import.meta.url);

/** What a worker answers to one message: its message, or its error. */
async function ask(message: unknown, url = module): Promise<unknown> {
  let answer!: (value: unknown) => void;
  const answered = new Promise((resolve) => (answer = resolve));
  const worker = await startWorker(url, { message: answer, error: answer });
  worker.post(message);
  const result = await answered;
  await worker.terminate();
  return result;
}

test('a message posted at once is answered', async () => {
  assert.equal(await ask({ a: [1, 2], b: new Float32Array([1.5]) }), { a: [1, 2], b: new Float32Array([1.5]) });
});

test('shared memory is shared', async () => {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const back = (await ask(shared)) as Int32Array;
  back[1] = 7;
  assert.is(shared[1], 7);
});

// Bun's engine has no generations that a worker tells of.
('Bun' in globalThis ? test.skip : test)(
  'a worker keeps little of what is dead: its young generation is a quarter of what it would be',
  async () => {
    const limits = (await ask('limits')) as { readonly maxYoungGenerationSizeMb: number };
    assert.is(limits.maxYoungGenerationSizeMb, 12);
  },
);

test('a worker that throws, ends or cannot be loaded is an error', async () => {
  assert.match(((await ask('throw')) as Error).message, /asked to/);
  assert.match(((await ask('exit')) as Error).message, /exit code 3/);
  assert.instance(await ask('x', new URL('./no-such-worker.js', import.meta.url)), Error);
});

test("the worker of a package that vite's development server moved is found where it was installed", () => {
  const moved = 'http://localhost:5173/node_modules/.vite/deps/xfdnn-quantizer.js?v=1';
  assert.is(
    workerOfMovedPackage(moved)?.href,
    'http://localhost:5173/node_modules/xfdnn-quantizer/dist/browser/worker.js',
  );
  assert.is(
    workerOfMovedPackage('https://example.com/node_modules/xfdnn-quantizer/dist/src/platform/worker.js'),
    undefined,
  );
  assert.is(workerOfMovedPackage('undefined'), undefined);
});

test.run();
