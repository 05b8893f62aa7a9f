import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomHex } from '../../src/platform/random.js';

test('hexadecimal digits of so many words, different each time', () => {
  const names = Array.from({ length: 100 }, () => randomHex(3));
  assert.is(new Set(names).size, 100);
  for (const name of names) assert.match(name, /^[0-9a-f]{3,24}$/);
});

test.run();
