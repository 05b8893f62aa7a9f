import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32 } from '../../src/images/crc32.js';

test('the check value of the algorithm, and of the empty string', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  assert.is(crc32(new Uint8Array(0)), 0);
});

test.run();
