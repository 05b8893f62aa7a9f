import { inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { storedZlib } from '../../src/images/zlib-stored.js';

test('zlib reads what is stored, in one block and in several, and nothing', () => {
  for (const length of [0, 1, 65535, 65536, 200_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 251);
    assert.equal(new Uint8Array(inflateSync(storedZlib(bytes))), bytes, String(length));
  }
});

test.run();
