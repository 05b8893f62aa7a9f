import { deflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inflate } from '../../src/platform/inflate.js';

const content = Uint8Array.from({ length: 5000 }, (_, index) => (index * index) & 255);
const stream = new Uint8Array(deflateSync(content));

async function fails(work: Promise<unknown>): Promise<void> {
  const failed = await work.then(
    () => false,
    () => true,
  );
  assert.ok(failed);
}

test('the content of a stream, up to a limit', async () => {
  assert.equal(Array.from(await inflate(stream, 5000)), Array.from(content));
  await fails(inflate(stream, 4999));
});

test('a truncated or damaged stream is refused', async () => {
  await fails(inflate(stream.subarray(0, stream.length - 5), 5000));
  const damaged = stream.slice();
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  await fails(inflate(damaged, 5000));
});

test.run();
