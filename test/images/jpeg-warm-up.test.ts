import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage } from '../../src/images/index.js';
import { readJpegHeader } from '../../src/images/jpeg-header.js';
import { createWarmUp, WARM_UP_FILES } from '../../src/images/jpeg-warm-up.js';

test('the files that warm jpeg-js up are of the kinds they are there for, and decoded once', async () => {
  const files = WARM_UP_FILES.map((base64) => new Uint8Array(Buffer.from(base64, 'base64')));
  const headers = files.map((bytes) => readJpegHeader(bytes, 'a.jpg'));
  assert.equal(
    headers.map(({ progressive }) => progressive),
    [false, false, true],
  );
  assert.equal(
    headers.map(({ restartInterval }) => restartInterval > 0),
    [false, true, false],
  );
  assert.equal(
    headers.map(({ components }) => components[0]!.h * components[0]!.v),
    [4, 1, 4],
  );
  for (const bytes of files) assert.is((await decodeImage(bytes, 'a.jpg')).data.length, 21 * 19 * 3);
  const seen: Uint8Array[] = [];
  const warmUp = createWarmUp((bytes) => seen.push(bytes));
  for (let call = 0; call < 2; call++) warmUp();
  assert.equal(seen, [...files, ...files]);
});

test.run();
